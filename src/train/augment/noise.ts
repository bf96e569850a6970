import { drawSpan } from '../data/draw-span.js';
import type { TrainingData } from '../data/training-data.js';
import type { Random } from '../random.js';
import { addAtSnr } from './level.js';
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
