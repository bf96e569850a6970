import type { ModelConfig } from '../config.js';
import { unexpected } from '../errors.js';

/** What must be the same for features to mean the same to two networks. */
const FRONT_END = ['sampleRate', 'frameSamples', 'hopSamples', 'melBands', 'inputGain', 'windowing'] as const;

/**
 * @param whose "the model" or the like, of what is found
 * @throws EarshotError EARSHOT_BAD_ARGUMENT where it hears with another front end than wanted
 */
export function checkFrontEnd(whose: string, found: ModelConfig, wanted: ModelConfig): void {
  for (const key of FRONT_END) checkSame(`${whose}'s ${key}`, found[key], wanted[key]);
}

/** @throws EarshotError EARSHOT_BAD_ARGUMENT */
export function checkSame(name: string, found: string | number, wanted: string | number): void {
  if (found !== wanted) throw unexpected('EARSHOT_BAD_ARGUMENT', name, String(wanted), found);
}
