import { drawSpan } from '../data/draw-span.js';
import type { TrainingData } from '../data/training-data.js';
import type { Random } from '../random.js';
import { readAtSpeed } from './resample-clip.js';
import { syntheticNoise } from './synthetic-noise.js';

/** How often noise is synthetic although there are recordings of some. */
const SYNTHETIC_SHARE = 0.4;
/** How often there are two noises at once, and the ratio of their powers. */
const TWO_SHARE = 0.4;
const RATIO_DB = [-30, 30] as const;
const SLOWEST = 0.8;
const FASTEST = 1.25;

type Noises = Pick<TrainingData, 'samples' | 'noise'>;

/** Fills `out` with noise of one or two sources, as of hiss and steps. */
export function drawNoise(noises: Noises, random: Random, out: Float32Array): void {
  drawOneNoise(noises, random, out);
  if (!random.chance(TWO_SHARE)) return;
  const other = new Float32Array(out.length);
  drawOneNoise(noises, random, other);
  addAtSnr(out, other, random.between(...RATIO_DB));
}

/**
 * Fills `out` with a random piece of a recording, or with synthetic noise. A recording that is too short for a piece
 * lies whole at a random place, silence around it.
 */
export function drawOneNoise({ samples, noise }: Noises, random: Random, out: Float32Array): void {
  const speed = random.between(SLOWEST, FASTEST);
  if (noise.length === 0 || random.chance(SYNTHETIC_SHARE)) {
    syntheticNoise(random, out);
    return;
  }
  const { offset, length } = drawSpan(noise, random);
  const spare = Math.floor(length - out.length * speed - 1);
  const start = spare > 0 ? random.below(spare) : 0;
  const silence = Math.max(0, Math.floor(out.length - length / speed));
  const shift = spare > 0 ? 0 : random.below(silence + 1);
  readAtSpeed(samples, offset + start, offset + length, speed, shift, out);
}

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
  const gain = 10 ** (levelDb / 20) / peak;
  for (let i = 0; i < samples.length; i++) samples[i] *= gain;
}

export function power(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] * samples[i];
  return sum / samples.length;
}
