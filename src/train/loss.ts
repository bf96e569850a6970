import type { Signal } from './network/signal.js';

/** What a segment is: that decides at which steps it is told its label. */
export type SegmentKind = 'word' | 'speech' | 'silence';

/** The share of a word's clip, at its end, in which the network must say the word. */
const JUDGED_SHARE = 1 / 3;

/**
 * Weight of each step in a segment's loss; they sum to 1. A word is judged over the last third of its clip: before,
 * nobody can tell "on" from "off". Running speech and noise are judged at every step.
 */
export function stepWeights(kind: SegmentKind, steps: number): Float32Array {
  const first = kind === 'word' ? steps - Math.floor(steps * JUDGED_SHARE) : 0;
  return new Float32Array(steps).fill(1 / (steps - first), first);
}

export interface Targets {
  /** Index of the right label of each row. */
  readonly labels: ArrayLike<number>;
  /** Weight of each row's loss at each step, [steps][rows]. */
  readonly weights: Float32Array;
  /** Share of the target that is spread evenly over all labels. */
  readonly smoothing: number;
}

/**
 * Softmax cross-entropy with label smoothing (Szegedy et al. 2016): writes the logits' gradients and returns the
 * weighted sum of losses.
 */
export function crossEntropy(logits: Signal, { labels, weights, smoothing }: Targets): number {
  const { values, gradients, size, rows, steps } = logits;
  const rest = smoothing / size;
  const right = 1 - smoothing + rest;
  let total = 0;
  for (let i = 0; i < steps * rows; i++) {
    const at = i * size;
    const weight = weights[i];
    if (weight === 0) {
      gradients.fill(0, at, at + size);
      continue;
    }
    const label = labels[i % rows];
    const logSum = logSumExp(values, at, size);
    for (let l = 0; l < size; l++) {
      const target = l === label ? right : rest;
      const logPosterior = values[at + l] - logSum;
      total -= weight * target * logPosterior;
      gradients[at + l] = weight * (Math.exp(logPosterior) - target);
    }
  }
  return total;
}

function logSumExp(values: Float32Array, at: number, size: number): number {
  let largest = values[at];
  for (let l = 1; l < size; l++) largest = Math.max(largest, values[at + l]);
  let sum = 0;
  for (let l = 0; l < size; l++) sum += Math.exp(values[at + l] - largest);
  return largest + Math.log(sum);
}

/** Softmax of the logits of one step and row, to `out`. */
export function posteriors(values: Float32Array, at: number, out: Float64Array): void {
  const logSum = logSumExp(values, at, out.length);
  for (let l = 0; l < out.length; l++) out[l] = Math.exp(values[at + l] - logSum);
}
