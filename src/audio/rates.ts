import { unexpected } from '../errors.js';

export const LOWEST_RATE = 8000;
export const HIGHEST_RATE = 192000;

/**
 * Checks the sample rate of some input.
 * @throws EarshotError EARSHOT_AUDIO_RATE unless it is a whole number of hertz from 8,000 to 192,000
 */
export function checkSampleRate(sampleRate: number): void {
  if (Number.isInteger(sampleRate) && sampleRate >= LOWEST_RATE && sampleRate <= HIGHEST_RATE) return;
  const expectation = `a whole number of hertz from ${LOWEST_RATE} to ${HIGHEST_RATE}`;
  throw unexpected('EARSHOT_AUDIO_RATE', 'sampleRate', expectation, sampleRate);
}
