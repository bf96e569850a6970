import type { ModelConfig } from '../config.js';
import type { Extractor } from '../features/extractor.js';
import type { FeatureStatistics } from './network/network.js';
import type { Signal } from './network/signal.js';

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

/** Writes the MFCCs of a segment into its row of a batch. */
export function extractRow(
  extractor: Extractor,
  { hopSamples }: ModelConfig,
  samples: Float32Array,
  { steps, rows, size }: Signal,
  values: Float32Array,
  row: number,
): void {
  for (let t = 0; t < steps; t++) {
    extractor.extract(samples, t * hopSamples, values, (t * rows + row) * size);
  }
}

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

  add(frame: Float32Array): void {
    this.#frames++;
    frame.forEach((value, i) => {
      this.#sums[i] += value;
      this.#squares[i] += value * value;
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
