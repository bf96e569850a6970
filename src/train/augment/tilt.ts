import type { Random } from '../random.js';
import { power } from './level.js';

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
    shelve(samples, random.octaveBetween(...MIDDLE) / sampleRate, random.between(-MOST_DB, MOST_DB));
  }
  const after = power(samples);
  if (after === 0) return;
  const gain = Math.sqrt(before / after);
  for (let i = 0; i < samples.length; i++) samples[i] *= gain;
}

/**
 * First-order shelf by the bilinear transform, of gain 1 at 0 Hz. In place.
 * @param middle where half of the gain in dB is reached, in cycles a sample
 * @param gainDb of the highest frequency
 */
function shelve(samples: Float32Array, middle: number, gainDb: number): void {
  const k = Math.tan(Math.PI * middle);
  const root = 10 ** (gainDb / 40);
  const a0 = 1 / root + k;
  const b0 = (root + k) / a0;
  const b1 = (k - root) / a0;
  const a1 = (k - 1 / root) / a0;
  let state = 0;
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i];
    const y = b0 * x + state;
    state = b1 * x - a1 * y;
    samples[i] = y;
  }
}
