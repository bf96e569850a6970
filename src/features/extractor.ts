import type { ModelConfig } from '../config.js';
import type { Kernels } from '../kernels/kernels.js';
import { FusedExtractor } from './fused.js';
import { MeydaExtractor } from './meyda.js';

/** Turns one frame of samples into its MFCCs. Holds no state between frames; one may serve many streams in turn. */
export interface Extractor {
  /**
   * Both are addresses in the kernels' memory.
   * @param samples `frameSamples` samples in [-1, 1]
   * @param out receives `coefficients` numbers
   */
  extract(samples: number, out: number): void;
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
export function createExtractor(name: ExtractorName, kernels: Kernels, config: ExtractorConfig): Extractor {
  return name === 'meyda' ? new MeydaExtractor(kernels.memory, config) : new FusedExtractor(kernels, config);
}
