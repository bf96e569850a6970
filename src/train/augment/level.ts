import { power } from '../power.js';
import type { Random } from '../random.js';

/** samples += noise at a ratio of powers in dB. Nothing happens where one of them is silent. */
export function addAtSnr(samples: Float32Array, noise: Float32Array, snrDb: number): void {
  const noisePower = power(noise);
  if (noisePower === 0) return;
  const gain = Math.sqrt(power(samples) / noisePower / 10 ** (snrDb / 10));
  for (let i = 0; i < samples.length; i++) samples[i] += gain * noise[i];
}

/** samples += white noise whose root mean square is this many dB below full scale. */
export function addFloor(samples: Float32Array, levelDb: number, random: Random): void {
  const bound = Math.sqrt(3) * 10 ** (levelDb / 20);
  for (let i = 0; i < samples.length; i++) samples[i] += random.between(-bound, bound);
}

/** Scales so that the largest magnitude is this many dB below full scale. */
export function setPeak(samples: Float32Array, levelDb: number): void {
  const peak = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (peak === 0) return;
  scale(samples, 10 ** (levelDb / 20) / peak);
}

export function scale(samples: Float32Array, gain: number): void {
  for (let i = 0; i < samples.length; i++) samples[i] *= gain;
}
