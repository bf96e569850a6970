/** A ring of samples that one side fills and the other empties. */
export class SampleQueue {
  readonly #samples: Float32Array;
  #first = 0;
  #length = 0;

  constructor(capacitySamples: number) {
    this.#samples = new Float32Array(capacitySamples);
  }

  get length(): number {
    return this.#length;
  }

  /** Copies as many of the samples as there is room for, and returns how many. */
  push(samples: Float32Array): number {
    const capacity = this.#samples.length;
    const count = Math.min(samples.length, capacity - this.#length);
    const end = (this.#first + this.#length) % capacity;
    const untilWrap = Math.min(count, capacity - end);
    this.#samples.set(samples.subarray(0, untilWrap), end);
    this.#samples.set(samples.subarray(untilWrap, count), 0);
    this.#length += count;
    return count;
  }

  /**
   * Offers the oldest samples in one piece: `take(samples, from, to)` returns the index of the first that it did not
   * take.
   */
  shift(take: (samples: Float32Array, from: number, to: number) => number): void {
    const to = Math.min(this.#first + this.#length, this.#samples.length);
    const taken = take(this.#samples, this.#first, to) - this.#first;
    this.#first = (this.#first + taken) % this.#samples.length;
    this.#length -= taken;
  }

  clear(): void {
    this.#first = 0;
    this.#length = 0;
  }
}
