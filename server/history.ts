interface Entry<Message> {
  seq: number;
  message: Message;
}

/** The latest messages, as many as there is room for. */
export class History<Message> {
  readonly #capacity: number;
  readonly #ring: Entry<Message>[] = [];
  #next = 0;
  #forgotten = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @param seq greater than all before */
  add(seq: number, message: Message): void {
    const oldest = this.#ring[this.#next];
    if (oldest) this.#forgotten = oldest.seq;
    if (this.#capacity === 0) this.#forgotten = seq;
    else this.#ring[this.#next] = { seq, message };
    this.#next = (this.#next + 1) % Math.max(1, this.#capacity);
  }

  /** The highest number that is gone; 0 if none is. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** All kept messages above a number, in order. */
  since(seq: number): Message[] {
    const inOrder = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    return inOrder.filter((entry) => entry.seq > seq).map((entry) => entry.message);
  }
}
