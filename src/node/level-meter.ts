/** How loud it is: 1 is full scale. */
export interface Level {
  /** Root of the mean square. */
  rms: number;
  /** Largest absolute value. */
  peak: number;
}

/** How often a level is told, which is about as often as an eye can follow. */
const LEVEL_SECONDS = 0.05;

/** Measures samples as they come, and tells about every 50 ms how loud they were. */
export class LevelMeter {
  readonly #tell: (level: Level) => void;
  readonly #length: number;
  #count = 0;
  #squares = 0;
  #peak = 0;

  constructor(sampleRate: number, tell: (level: Level) => void) {
    this.#tell = tell;
    this.#length = Math.round(LEVEL_SECONDS * sampleRate);
  }

  add(samples: Float32Array): void {
    for (const sample of samples) {
      this.#squares += sample * sample;
      this.#peak = Math.max(this.#peak, Math.abs(sample));
      if (++this.#count === this.#length) this.#finish();
    }
  }

  #finish(): void {
    const level = { rms: Math.sqrt(this.#squares / this.#count), peak: this.#peak };
    this.#count = this.#squares = this.#peak = 0;
    this.#tell(level);
  }
}
