interface Reader<Event> {
  resolve(result: IteratorResult<Event, undefined>): void;
  reject(error: unknown): void;
}

/** Events on their way from where they arise to a `for await` loop. */
export class EventQueue<Event> implements AsyncIterableIterator<Event, undefined> {
  readonly #events: Event[] = [];
  readonly #readers: Reader<Event>[] = [];
  readonly #onReturn: (queue: EventQueue<Event>) => void;
  #isEnded = false;
  #error: unknown;

  /** @param onReturn called when the loop was left and wants no more */
  constructor(onReturn: (queue: EventQueue<Event>) => void) {
    this.#onReturn = onReturn;
  }

  push(event: Event): void {
    const reader = this.#readers.shift();
    if (reader) reader.resolve({ done: false, value: event });
    else this.#events.push(event);
  }

  /** The loop ends after what is queued, with an error if there is one. */
  end(error?: unknown): void {
    this.#isEnded = true;
    this.#error = error;
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
  }

  next(): Promise<IteratorResult<Event, undefined>> {
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      if (this.#events.length > 0) resolve({ done: false, value: this.#events.shift() as Event });
      else if (this.#isEnded) this.#finish(reader);
      else this.#readers.push(reader);
    });
  }

  async return(): Promise<IteratorResult<Event, undefined>> {
    this.#onReturn(this);
    this.#events.length = 0;
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The error is told once, as generators do. */
  #finish({ resolve, reject }: Reader<Event>): void {
    const error = this.#error;
    this.#error = undefined;
    if (error === undefined) resolve({ done: true, value: undefined });
    else reject(error);
  }
}
