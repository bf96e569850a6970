import type { Signal } from '../network/signal.js';
import type { Random } from '../random.js';

/** Longest mask over time. */
const LARGEST_FRAMES = 8;
/** Widest mask, as a share of the coefficients. */
const LARGEST_COEFFICIENT_SHARE = 0.15;

/**
 * SpecAugment (Park et al. 2019, https://arxiv.org/abs/1904.08779) on the MFCCs of one row of a batch: some
 * neighbouring frames, and some neighbouring coefficients of all frames, take their mean.
 * @param values of the signal
 * @param mean of each coefficient
 */
export function maskRow(
  { steps, rows, size }: Signal,
  values: Float32Array,
  row: number,
  mean: Float32Array,
  random: Random,
): void {
  const [firstFrame, endFrame] = drawMask(steps, Math.min(steps, LARGEST_FRAMES), random);
  const [first, end] = drawMask(size, Math.floor(size * LARGEST_COEFFICIENT_SHARE), random);
  for (let t = 0; t < steps; t++) {
    const isWhole = t >= firstFrame && t < endFrame;
    const frame = values.subarray((t * rows + row) * size, (t * rows + row + 1) * size);
    if (isWhole) frame.set(mean);
    else frame.set(mean.subarray(first, end), first);
  }
}

/** Where a mask of up to `largest` begins and ends; it may be empty. */
function drawMask(count: number, largest: number, random: Random): [first: number, end: number] {
  const length = random.below(largest + 1);
  const first = random.below(count - length + 1);
  return [first, first + length];
}
