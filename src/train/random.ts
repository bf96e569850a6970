/** A stream of random numbers that is the same for the same seeds (mulberry32, its state hashed from the seeds). */
export class Random {
  #state: number;

  /** @param seeds whole numbers that name this stream, say seed, epoch and row */
  constructor(...seeds: number[]) {
    this.#state = seeds.reduce((hash, seed) => mix(hash ^ mix(seed | 0)), 0x9e3779b9);
  }

  /** 32 random bits. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** In [0, 1). */
  unit(): number {
    return this.bits() / 2 ** 32;
  }

  /** In [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** In [low, high), both above 0: every octave between them has the same chance. */
  octaveBetween(low: number, high: number): number {
    return low * (high / low) ** this.unit();
  }

  /** A whole number in [0, n). */
  below(n: number): number {
    return Math.floor(this.unit() * n);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle(values: Int32Array): Int32Array {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [values[i], values[j]] = [values[j], values[i]];
    }
    return values;
  }
}

/** The finaliser of MurmurHash3. */
function mix(value: number): number {
  let h = value + 0x9e3779b9;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
