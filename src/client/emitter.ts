/** Callbacks by the type of what happens. */
export class Emitter<Events extends { type: string }> {
  readonly #callbacks = new Map<string, Set<(event: never) => void>>();

  /** Calls back at every event of a type. @returns a function that ends it */
  on<Type extends Events['type']>(type: Type, callback: (event: Extract<Events, { type: Type }>) => void): () => void {
    const callbacks = this.#callbacks.get(type) ?? new Set();
    this.#callbacks.set(type, callbacks.add(callback));
    return () => callbacks.delete(callback);
  }

  protected emit(event: Events): void {
    for (const callback of this.#callbacks.get(event.type) ?? []) callback(event as never);
  }
}
