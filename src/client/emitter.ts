import { unexpected } from '../errors.js';
import { EventQueue } from './event-queue.js';

/**
 * Tells events to callbacks, by their types, and to `for await` loops.
 * @template Looped those that loops get
 */
export class Emitter<Events extends { type: string }, Looped extends Events> {
  readonly #callbacks = new Map<string, Set<(event: never) => void>>();
  readonly #queues = new Set<EventQueue<Looped>>();
  #end: { error: unknown } | undefined;

  /** Calls back at every event of a type. @returns a function that ends it. @throws EarshotError EARSHOT_BAD_ARGUMENT */
  on<Type extends Events['type']>(type: Type, callback: (event: Extract<Events, { type: Type }>) => void): () => void {
    if (typeof callback !== 'function') throw unexpected('EARSHOT_BAD_ARGUMENT', 'callback', 'a function', callback);
    const callbacks = this.#callbacks.get(type) ?? new Set();
    this.#callbacks.set(type, callbacks.add(callback));
    return () => callbacks.delete(callback);
  }

  /** Events from now on. Each loop gets all of them. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Looped, undefined> {
    const queue = new EventQueue<Looped>((left) => this.#queues.delete(left));
    this.#queues.add(queue);
    if (this.#end) queue.end(this.#end.error);
    return queue;
  }

  protected tell(event: Looped): void {
    for (const queue of this.#queues) queue.push(event);
    this.emit(event);
  }

  protected emit(event: Events): void {
    for (const callback of [...(this.#callbacks.get(event.type) ?? [])]) {
      try {
        callback(event as never);
      } catch (error) {
        // The mistake of one callback is neither ours nor that of the others.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Loops end, with an error if there is one. */
  protected endLoops(error?: unknown): void {
    this.#end = { error };
    for (const queue of this.#queues) queue.end(error);
    this.#queues.clear();
  }
}
