/** A filter of two poles: what lies around a frequency, which may move, gets louder than the rest. */
export class Resonance {
  readonly #radius: number;
  #last = 0;
  #before = 0;

  /** @param bandwidth as a share of the sample rate */
  constructor(bandwidth: number) {
    this.#radius = Math.exp(-Math.PI * bandwidth);
  }

  /** @param cosine of 2π times the frequency now, as a share of the sample rate */
  step(sample: number, cosine: number): number {
    const radius = this.#radius;
    const y = (1 - radius) * sample + 2 * radius * cosine * this.#last - radius * radius * this.#before;
    this.#before = this.#last;
    this.#last = y;
    return y;
  }
}
