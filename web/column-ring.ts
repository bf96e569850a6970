/** The last columns of something that scrolls: lists of numbers of one length, counted from the first ever pushed. */
export class ColumnRing {
  readonly capacity: number;
  readonly size: number;
  /** Columns pushed so far, of which the last `capacity` are kept. */
  total = 0;
  readonly #values: Float32Array;

  constructor(capacity: number, size: number) {
    this.capacity = capacity;
    this.size = size;
    this.#values = new Float32Array(capacity * size);
  }

  /** Copies a column in; what it lacks becomes 0 and what it has too much is left out. Allocates nothing. */
  push(column: ArrayLike<number>): void {
    const at = (this.total % this.capacity) * this.size;
    for (let i = 0; i < this.size; i++) this.#values[at + i] = column[i] ?? 0;
    this.total++;
  }

  /** Entry `i` of column `index`, which must be one that is kept. */
  at(index: number, i: number): number {
    return this.#values[(index % this.capacity) * this.size + i];
  }

  /** The oldest column that is kept. */
  get first(): number {
    return Math.max(0, this.total - this.capacity);
  }

  clear(): void {
    this.total = 0;
  }
}
