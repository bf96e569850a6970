/** A stream of random numbers that is the same on every run and machine (mulberry32, Tommy Ettinger 2017). */
export class Random {
  #state: number;

  /** @param seeds whole numbers that name this stream, say seed, epoch and row */
  constructor(...seeds: number[]) {
    this.#state = seeds.reduce((hash, seed) => mix(hash ^ mix(seed | 0)), 0x9e3779b9);
  }

  /** The stream that follows a state of mulberry32, as it is in other programs. */
  static fromState(state: number): Random {
    const random = new Random();
    random.#state = state;
    return random;
  }

  /**
   * What evaluations draw from. Their seeds are hashed in a way of its own, on which published figures rest.
   * @param seeds whole numbers; streams whose seeds differ in any place or in number have nothing in common
   */
  static ofEvaluation(...seeds: number[]): Random {
    const hash = (before: number, seed: number) => scramble(before ^ scramble(seed + 0x9e3779b9));
    return Random.fromState(seeds.reduce(hash, seeds.length));
  }

  /** 32 random bits. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    return scramble(this.#state);
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
  shuffle<T extends { readonly length: number; [index: number]: unknown }>(values: T): T {
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

/** What mulberry32 makes of its state: mixes the bits, so that neighbours end far apart. */
function scramble(value: number): number {
  let t = Math.imul(value ^ (value >>> 15), 1 | value);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return (t ^ (t >>> 14)) >>> 0;
}
