import type { ModelConfig } from '../config.js';
import type { FeatureStatistics } from './network/network.js';

/**
 * Frames of one-second segments: as many as begin in a second, up to a whole number of steps of the recurrent layers.
 * The last ones reach beyond the second.
 */
export function segmentFrames(config: ModelConfig): number {
  const stride = timeStride(config);
  return Math.ceil(config.sampleRate / config.hopSamples / stride) * stride;
}

/** Frames from one step of the recurrent layers to the next. */
export const timeStride = ({ convolutions }: ModelConfig): number =>
  convolutions.reduce((product, { stride }) => product * stride, 1);

/** Samples that these frames cover. */
export const segmentSamples = (config: ModelConfig): number =>
  (segmentFrames(config) - 1) * config.hopSamples + config.frameSamples;

/** Frames that lie wholly within a one-second clip. */
export const clipLength = ({ sampleRate, frameSamples, hopSamples }: ModelConfig): number =>
  Math.floor((sampleRate - frameSamples) / hopSamples) + 1;

/** Below this a feature says nothing, and dividing by it would make noise of it. */
const SMALLEST_DEVIATION = 1e-3;

/** Gathers mean and standard deviation of features. */
export class StatisticsCounter {
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  #frames = 0;

  constructor(coefficients: number) {
    this.#sums = new Float64Array(coefficients);
    this.#squares = new Float64Array(coefficients);
  }

  /** @param frames one after another */
  add(frames: Float32Array): void {
    const coefficients = this.#sums.length;
    this.#frames += frames.length / coefficients;
    frames.forEach((value, i) => {
      this.#sums[i % coefficients] += value;
      this.#squares[i % coefficients] += value * value;
    });
  }

  get statistics(): FeatureStatistics {
    const mean = Float32Array.from(this.#sums, (sum) => sum / this.#frames);
    const deviation = Float32Array.from(this.#squares, (sum, i) => {
      const variance = sum / this.#frames - (this.#sums[i] / this.#frames) ** 2;
      return Math.max(SMALLEST_DEVIATION, Math.sqrt(Math.max(0, variance)));
    });
    return { mean, deviation };
  }
}
