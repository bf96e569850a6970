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

  /** Mean of entry `i` over the last columns, which must be kept; those before the first count as 0. */
  meanOfLast(columns: number, i: number): number {
    let sum = 0;
    for (let index = Math.max(0, this.total - columns); index < this.total; index++) sum += this.at(index, i);
    return sum / columns;
  }

  /** The oldest column that is kept. */
  get first(): number {
    return Math.max(0, this.total - this.capacity);
  }

  clear(): void {
    this.total = 0;
  }
}
