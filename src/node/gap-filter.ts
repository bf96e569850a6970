/** Shorter stretches of zeros are sound: node-web-audio-api renders 128 samples at a time. */
const SHORTEST_GAP = 64;
/** Longer ones are silence: a microphone that is muted, or a driver that waits. */
const LONGEST_GAP_SECONDS = 0.1;
/** What a gap stands between: 33 steps of 16 bits, which no sound falls silent from. */
const LOUD = 1e-3;

/**
 * Takes out the zeros that node-web-audio-api plays whenever a microphone's next buffer comes a moment too late. The
 * sound goes on after them where it stopped, so that nothing is lost and nothing has to be made up.
 */
export class GapFilter {
  readonly #longest: number;
  /** Zeros that have not been decided upon, which follow a loud sample. */
  #held = 0;
  #last = 0;

  constructor(sampleRate: number) {
    this.#longest = Math.round(LONGEST_GAP_SECONDS * sampleRate);
  }

  /** The samples without gaps. Zeros at the end may be held back for up to 100 ms. */
  filter(samples: Float32Array): Float32Array {
    const out = new Float32Array(this.#held + samples.length);
    let n = 0;
    for (const sample of samples) {
      if (sample === 0 && (this.#held > 0 || isLoud(this.#last))) {
        if (++this.#held < this.#longest) continue;
        n += this.#release();
        this.#last = 0;
        continue;
      }
      const held = this.#release();
      if (held < SHORTEST_GAP || !isLoud(sample)) n += held;
      out[n++] = sample;
      this.#last = sample;
    }
    return out.subarray(0, n);
  }

  #release(): number {
    const held = this.#held;
    this.#held = 0;
    return held;
  }
}

const isLoud = (sample: number): boolean => Math.abs(sample) > LOUD;
