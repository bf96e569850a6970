import { SILENCE_LABEL, UNKNOWN_LABEL } from './data/training-data.js';
import type { Signal } from './network/signal.js';

/** What a segment is: that decides at which steps it is told its label. */
export type SegmentKind = 'word' | 'speech' | 'runOn' | 'silence';

/** The share of a segment's steps at which it is judged: the last ones of a word, the worst ones of running speech. */
const JUDGED_SHARE = 1 / 3;

/**
 * Writes the weights of one row's steps in the loss, [steps][rows]; they sum to 1. A word is judged over the last third
 * of its clip: before, nobody can tell "on" from "off". Noise is judged at every step. Running speech is judged at the
 * third of its steps where the network believes most in a keyword (hard negatives), because a false accept is short.
 */
export function weighSteps(kind: SegmentKind, logits: Signal, row: number, weights: Float32Array): void {
  const { steps, rows } = logits;
  const judged = kind === 'silence' ? steps : Math.floor(steps * JUDGED_SHARE);
  const chosen = kind === 'speech' || kind === 'runOn' ? mostBelieving(logits, row) : lastFirst(steps);
  for (let t = 0; t < steps; t++) weights[t * rows + row] = 0;
  for (const t of chosen.slice(0, judged)) weights[t * rows + row] = 1 / judged;
}

const lastFirst = (steps: number): number[] => Array.from({ length: steps }, (_, n) => steps - 1 - n);

/** A row's steps, those first at which the keywords' posteriors together are largest. */
function mostBelieving({ values, steps, rows, size }: Signal, row: number): number[] {
  const one = new Float64Array(size);
  const beliefs = Array.from({ length: steps }, (_, t) => {
    posteriors(values, (t * rows + row) * size, one);
    return 1 - one[SILENCE_LABEL] - one[UNKNOWN_LABEL];
  });
  return lastFirst(steps).sort((a, b) => beliefs[b] - beliefs[a]);
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
