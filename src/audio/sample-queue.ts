/**
 * Samples that one side fills in and the other takes out. It takes memory for the samples that wait, not for as many as
 * it may hold; once empty it begins at its start again, so that a queue in steady use stays in the processor's cache.
 */
export class SampleQueue {
  readonly #capacity: number;
  #samples = new Float32Array(0);
  #first = 0;
  #length = 0;

  constructor(capacitySamples: number) {
    this.#capacity = capacitySamples;
  }

  get length(): number {
    return this.#length;
  }

  /** How many more it would take. */
  get room(): number {
    return this.#capacity - this.#length;
  }

  /** Copies as many of the samples as there is room for, and returns how many. Allocates when it has to grow. */
  push(samples: Float32Array): number {
    const count = Math.min(samples.length, this.room);
    if (this.#first + this.#length + count > this.#samples.length) this.#makeSpace(this.#length + count);
    this.#samples.set(count < samples.length ? samples.subarray(0, count) : samples, this.#first + this.#length);
    this.#length += count;
    return count;
  }

  /** Offers all samples, oldest first: `take(samples, from, to)` returns the index of the first that it did not take. */
  shift(take: (samples: Float32Array, from: number, to: number) => number): void {
    const taken = take(this.#samples, this.#first, this.#first + this.#length) - this.#first;
    this.#length -= taken;
    this.#first = this.#length === 0 ? 0 : this.#first + taken;
  }

  clear(): void {
    this.#first = 0;
    this.#length = 0;
  }

  /** Moves what waits to the start of an array that holds at least `needed` samples. */
  #makeSpace(needed: number): void {
    const waiting = this.#samples.subarray(this.#first, this.#first + this.#length);
    if (needed > this.#samples.length) {
      this.#samples = new Float32Array(Math.min(this.#capacity, Math.max(needed, 2 * this.#samples.length)));
    }
    this.#samples.set(waiting);
    this.#first = 0;
  }
}
