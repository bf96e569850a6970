interface Entry {
  seq: number;
  text: string;
}

/** The latest messages, as many as there is room for. */
export class History {
  readonly #capacity: number;
  readonly #ring: Entry[] = [];
  #next = 0;
  #forgotten = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @param seq greater than all before */
  add(seq: number, text: string): void {
    const oldest = this.#ring[this.#next];
    if (oldest) this.#forgotten = oldest.seq;
    if (this.#capacity === 0) this.#forgotten = seq;
    else this.#ring[this.#next] = { seq, text };
    this.#next = (this.#next + 1) % Math.max(1, this.#capacity);
  }

  /** The highest number that is gone; 0 if none is. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Texts of all kept messages above a number, in order. */
  since(seq: number): string[] {
    const inOrder = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    return inOrder.filter((entry) => entry.seq > seq).map((entry) => entry.text);
  }
}
