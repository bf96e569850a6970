import { power } from '../power.js';
import type { Random } from '../random.js';
import { type Biquad, filter } from './biquad.js';
import { scale } from './level.js';

/** Where the middle of a shelf lies, in Hz, and how much louder or softer what is above it gets. */
const MIDDLE = [200, 3200] as const;
const MOST_DB = 15;
const SHELVES = 2;

/**
 * Another microphone: dull, as one in a pocket or behind cloth, or bright. Two shelves, each with its own middle, so that the
 * spectrum leans by up to 30 dB; the level stays. In place.
 */
export function tilt(samples: Float32Array, sampleRate: number, random: Random): void {
  const before = power(samples);
  for (let n = 0; n < SHELVES; n++) {
    filter(samples, shelf(random.octaveBetween(...MIDDLE) / sampleRate, random.between(-MOST_DB, MOST_DB)));
  }
  const after = power(samples);
  if (after > 0) scale(samples, Math.sqrt(before / after));
}

/**
 * First-order shelf by the bilinear transform, of gain 1 at 0 Hz.
 * @param middle where half of the gain in dB is reached, in cycles a sample
 * @param gainDb of the highest frequency
 */
function shelf(middle: number, gainDb: number): Biquad {
  const k = Math.tan(Math.PI * middle);
  const root = 10 ** (gainDb / 40);
  const a0 = 1 / root + k;
  return [(root + k) / a0, (k - root) / a0, 0, (k - 1 / root) / a0, 0];
}
