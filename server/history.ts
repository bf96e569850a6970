interface Entry<Message> {
  seq: number;
  message: Message;
  length: number;
}

/** The latest messages, as many as there is room for, until they are known to have arrived. */
export class History<Message> {
  readonly #capacity: number;
  readonly #mostLength: number;
  readonly #ring: (Entry<Message> | undefined)[] = [];
  #first = 0;
  #size = 0;
  #length = 0;
  #forgotten = 0;

  /**
   * @param capacity messages
   * @param mostLength of all of them together; the latest is kept however long it is
   */
  constructor(capacity: number, mostLength = Infinity) {
    this.#capacity = capacity;
    this.#mostLength = mostLength;
  }

  /** @param seq greater than all before */
  add(seq: number, message: Message, length = 0): void {
    if (this.#capacity === 0) {
      this.#forgotten = seq;
      return;
    }
    for (let oldest = this.#at(0); oldest && !this.#hasRoomFor(length); oldest = this.#at(0)) this.forget(oldest.seq);
    this.#ring[(this.#first + this.#size) % this.#capacity] = { seq, message, length };
    this.#size++;
    this.#length += length;
  }

  #hasRoomFor(length: number): boolean {
    return this.#size < this.#capacity && this.#length + length <= this.#mostLength;
  }

  /** Keeps messages up to this number no longer. */
  forget(seq: number): void {
    for (let oldest = this.#at(0); oldest && oldest.seq <= seq; oldest = this.#at(0)) {
      this.#ring[this.#first] = undefined;
      this.#first = (this.#first + 1) % this.#capacity;
      this.#size--;
      this.#length -= oldest.length;
      this.#forgotten = oldest.seq;
    }
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
