/** Events on their way from where they arise to a `for await` loop. */
export class EventQueue<Event> {
  readonly #events: Event[] = [];
  #isEnded = false;
  #error: unknown;
  #wake: () => void = () => {};

  push(event: Event): void {
    this.#events.push(event);
    this.#wake();
  }

  /** The loop ends after what is queued, with an error if there is one. */
  end(error?: unknown): void {
    this.#isEnded = true;
    this.#error = error;
    this.#wake();
  }

  async *read(): AsyncGenerator<Event, void, undefined> {
    for (;;) {
      while (this.#events.length > 0) yield this.#events.shift() as Event;
      if (this.#isEnded) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#error !== undefined) throw this.#error;
  }
}
