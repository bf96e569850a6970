interface Entry<Message> {
  seq: number;
  message: Message;
}

/** The latest messages, as many as there is room for, until they are known to have arrived. */
export class History<Message> {
  readonly #capacity: number;
  readonly #ring: (Entry<Message> | undefined)[] = [];
  #first = 0;
  #size = 0;
  #forgotten = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @param seq greater than all before */
  add(seq: number, message: Message): void {
    if (this.#size === this.#capacity) this.forget(this.#ring[this.#first]?.seq ?? seq);
    if (this.#capacity === 0) return;
    this.#ring[(this.#first + this.#size) % this.#capacity] = { seq, message };
    this.#size++;
  }

  /** Keeps messages up to this number no longer. */
  forget(seq: number): void {
    for (let oldest = this.#ring[this.#first]; oldest && oldest.seq <= seq; oldest = this.#ring[this.#first]) {
      this.#ring[this.#first] = undefined;
      this.#first = (this.#first + 1) % this.#capacity;
      this.#size--;
      this.#forgotten = oldest.seq;
    }
    if (this.#capacity === 0) this.#forgotten = seq;
  }

  /** The highest number that is kept no longer; 0 if none is. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** The kept messages above a number, in order: all, or so many of the first. */
  since(seq: number, most = this.#size): Message[] {
    const messages: Message[] = [];
    for (let i = this.#countUpTo(seq); messages.length < most; i++) {
      const entry = this.#at(i);
      if (!entry) break;
      messages.push(entry.message);
    }
    return messages;
  }

  /** How many of the kept messages have this number or a lower one. */
  #countUpTo(seq: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#at(middle)?.seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Counted from the oldest; undefined beyond the latest. */
  #at(index: number): Entry<Message> | undefined {
    return index < this.#size ? this.#ring[(this.#first + index) % this.#capacity] : undefined;
  }
}
