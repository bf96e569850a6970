import type { Random } from '../random.js';

/** At most so much of the sample before: ±0.6 tilts the spectrum by ±12 dB from the lowest to the highest frequency. */
const MOST = 0.6;

/** Another microphone: brighter or darker, by a filter of one tap that keeps the level of white noise. In place. */
export function tilt(samples: Float32Array, random: Random): void {
  const share = random.between(-MOST, MOST);
  const gain = 1 / Math.hypot(1, share);
  for (let i = samples.length - 1; i > 0; i--) samples[i] = gain * (samples[i] + share * samples[i - 1]);
  if (samples.length > 0) samples[0] *= gain;
}
