import type { Random } from '../random.js';
import { type Biquad, filter } from './biquad.js';

/** Where a cheap microphone or a telephone begins and ends to hear, in Hz. */
const LOWEST = [50, 400] as const;
const HIGHEST = [2400, 3800] as const;
/** µ of G.711. */
const MU = 255;
const MU_LAW_LEVELS = 127;

/** What a cheap microphone or a telephone line does: a narrower band and, half of the time, µ-law coding. In place. */
export function throughLine(samples: Float32Array, sampleRate: number, random: Random): void {
  filter(samples, butterworth(random.between(...LOWEST) / sampleRate, 'high'));
  filter(samples, butterworth(random.between(...HIGHEST) / sampleRate, 'low'));
  if (random.chance(0.5)) codeMuLaw(samples);
}

/** Second-order Butterworth filter by the bilinear transform; the frequency in cycles a sample. */
function butterworth(frequency: number, kind: 'low' | 'high'): Biquad {
  const k = Math.tan(Math.PI * frequency);
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  const b0 = kind === 'low' ? k * k * norm : norm;
  const b1 = kind === 'low' ? 2 * b0 : -2 * b0;
  return [b0, b1, b0, 2 * (k * k - 1) * norm, (1 - Math.SQRT2 * k + k * k) * norm];
}

/** To 8 bits and back by the curve of G.711's µ-law. */
function codeMuLaw(samples: Float32Array): void {
  const scale = Math.log1p(MU);
  for (let i = 0; i < samples.length; i++) {
    const level = Math.log1p(MU * Math.min(1, Math.abs(samples[i]))) / scale;
    const rounded = Math.round(level * MU_LAW_LEVELS) / MU_LAW_LEVELS;
    samples[i] = (Math.sign(samples[i]) * Math.expm1(rounded * scale)) / MU;
  }
}
