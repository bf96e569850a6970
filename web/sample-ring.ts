/** The last samples of a stream. */
export class SampleRing {
  readonly #samples: Float32Array;
  #total = 0;

  constructor(capacity: number) {
    this.#samples = new Float32Array(capacity);
  }

  push(samples: Float32Array): void {
    const capacity = this.#samples.length;
    const kept = samples.subarray(Math.max(0, samples.length - capacity));
    const at = (this.#total + samples.length - kept.length) % capacity;
    const head = kept.subarray(0, capacity - at);
    this.#samples.set(head, at);
    this.#samples.set(kept.subarray(head.length), 0);
    this.#total += samples.length;
  }

  /** A copy of what is kept, oldest first. */
  latest(): Float32Array {
    const capacity = this.#samples.length;
    if (this.#total <= capacity) return this.#samples.slice(0, this.#total);
    const at = this.#total % capacity;
    const latest = new Float32Array(capacity);
    latest.set(this.#samples.subarray(at));
    latest.set(this.#samples.subarray(0, at), capacity - at);
    return latest;
  }
}
