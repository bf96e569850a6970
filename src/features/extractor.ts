import type { ModelConfig } from '../config.js';
import { FusedExtractor } from './fused.js';
import { MeydaExtractor } from './meyda.js';

/** Turns one frame of samples into its MFCCs. Holds no state between frames; one may serve many streams in turn. */
export interface Extractor {
  /**
   * @param samples `frameSamples` samples in [-1, 1] from `from` on
   * @param out receives `coefficients` numbers at `to`
   */
  extract(samples: Float32Array, from: number, out: Float32Array, to: number): void;
}

/**
 * `fused` computes what Meyda computes, in one pass without allocation; `meyda` calls Meyda itself, as a reference.
 */
export type ExtractorName = 'fused' | 'meyda';

/** The parameters of the front end that an extractor needs. */
export type ExtractorConfig = Pick<
  ModelConfig,
  'sampleRate' | 'frameSamples' | 'melBands' | 'coefficients' | 'inputGain' | 'windowing'
>;

/** Makes the named extractor for a model's parameters. */
export function createExtractor(name: ExtractorName, config: ExtractorConfig): Extractor {
  return name === 'meyda' ? new MeydaExtractor(config) : new FusedExtractor(config);
}
