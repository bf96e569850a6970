import type { ModelConfig } from './config.js';

/**
 * What frames are in time. Frame k covers samples [k · hop, k · hop + frame) at the model's rate; the resampler's delay
 * is removed, so that seconds count from the first sample of the input.
 */
export class Timeline {
  /** Of the input, in hertz. */
  readonly sampleRate: number;
  readonly #modelRate: number;
  readonly #hopSamples: number;
  readonly #frameSamples: number;

  constructor(config: ModelConfig, sampleRate: number) {
    this.sampleRate = sampleRate;
    this.#modelRate = config.sampleRate;
    this.#hopSamples = config.hopSamples;
    this.#frameSamples = config.frameSamples;
  }

  /** Seconds of input at which frame k begins. */
  startOf(frame: number): number {
    return (frame * this.#hopSamples) / this.#modelRate;
  }

  /** Seconds of input at which the window of frame k ends. */
  endOf(frame: number): number {
    return (frame * this.#hopSamples + this.#frameSamples) / this.#modelRate;
  }

  /** The nearest sample of the input. */
  samplesAt(seconds: number): number {
    return Math.round(seconds * this.sampleRate);
  }
}
