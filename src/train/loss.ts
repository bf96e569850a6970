import { BACKGROUND_LABELS, SILENCE_LABEL, UNKNOWN_LABEL } from './data/training-data.js';
import type { Signal } from './network/signal.js';

/** What a segment is: that decides at which steps it is told its label. */
export type SegmentKind = 'word' | 'speech' | 'runOn' | 'silence';

/** The share of a segment's steps at which it is judged: the last ones, or the worst ones of running speech. */
const JUDGED_SHARE = 1 / 3;
/** Within this share of a segment's steps, the word before it may still be told. */
const HELD_SHARE = 1 / 3;

/**
 * Writes the weights of one row's steps in the loss, [steps][rows]; they sum to 1. A word is judged over the last third
 * of its clip: before, nobody can tell "on" from "off". So is silence. Running speech is judged at the third of its
 * steps where the network believes most in a keyword (hard negatives), because a false accept is short.
 *
 * None is judged at once. A word that ends early in its clip has to be told until the clip's end, so it may also be told
 * for a moment when something else has begun. A network that has to forget it at that moment learns to forget words.
 */
export function weighSteps(kind: SegmentKind, logits: Signal, row: number, weights: Float32Array): void {
  const { steps, rows } = logits;
  const held = Math.floor(steps * HELD_SHARE);
  const judged = Math.floor(steps * JUDGED_SHARE);
  const isSpeech = kind === 'speech' || kind === 'runOn';
  const chosen = isSpeech ? mostBelieving(logits, row).filter((t) => t >= held) : lastFirst(steps);
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

/** In place of a row's label: `_silence_` or `_unknown_`, no matter which. */
export const ANY_BACKGROUND = -1;

export interface Targets {
  /** Index of the right label of each row, or `ANY_BACKGROUND`. */
  readonly labels: ArrayLike<number>;
  /** Weight of each row's loss at each step, [steps][rows]. */
  readonly weights: Float32Array;
  /** Share of the target that is spread evenly over all labels. */
  readonly smoothing: number;
  /** Logarithm of how often each label is drawn, up to a constant; all alike where it is left out. */
  readonly logPriors?: ArrayLike<number>;
  /** What a teacher believes, and its share of the target where there is a label. */
  readonly taught?: { readonly logits: Float32Array; readonly share: number } | undefined;
}

/**
 * Softmax cross-entropy with label smoothing (Szegedy et al. 2016), or -log(1 - the keywords' posteriors) where any
 * background is right: writes the logits' gradients and returns the weighted sum of losses.
 *
 * The loss adds the labels' log priors to the logits, so that the logits themselves, which are all that is used later,
 * take every label for equally likely (logit adjustment, Menon et al. 2021, https://arxiv.org/abs/2007.07314). Else
 * `_unknown_`, drawn several times as often as a keyword, would win where there is doubt.
 */
export function crossEntropy(logits: Signal, { labels, weights, smoothing, logPriors, taught }: Targets): number {
  const { values, gradients, size, rows, steps } = logits;
  const [one, taughtOne] = [new Float32Array(size), new Float32Array(size)];
  const target = new Float64Array(size);
  let total = 0;
  for (let i = 0; i < steps * rows; i++) {
    const at = i * size;
    const gradient = gradients.subarray(at, at + size);
    const label = labels[i % rows];
    if (weights[i] === 0) {
      gradient.fill(0);
      continue;
    }
    addPriors(values, at, logPriors, one);
    if (label === ANY_BACKGROUND) {
      total += keywordLoss(one, weights[i], gradient);
      continue;
    }
    setTarget(target, label, smoothing);
    if (taught) {
      addPriors(taught.logits, at, logPriors, taughtOne);
      mixTarget(target, taughtOne, taught.share);
    }
    total += targetLoss(one, target, weights[i], gradient);
  }
  return total;
}

/** Log priors of labels by how often each is drawn, against the keywords' mean; 0 for one that is never drawn. */
export function logPriorsOf(draws: readonly number[]): number[] {
  const keywords = draws.slice(BACKGROUND_LABELS);
  const mean = keywords.reduce((sum, count) => sum + count, 0) / keywords.length;
  return draws.map((count) => (count > 0 ? Math.log(count / mean) : 0));
}

/** Writes the logits of one step and row with the log priors added. */
function addPriors(values: Float32Array, at: number, logPriors: Targets['logPriors'], out: Float32Array): void {
  for (let l = 0; l < out.length; l++) out[l] = values[at + l] + (logPriors?.[l] ?? 0);
}

function setTarget(target: Float64Array, label: number, smoothing: number): void {
  target.fill(smoothing / target.length);
  target[label] += 1 - smoothing;
}

/** Gives a share of the target to what a teacher believes. */
function mixTarget(target: Float64Array, logits: Float32Array, share: number): void {
  const logSum = logSumExp(logits, 0, logits.length);
  for (let l = 0; l < target.length; l++) {
    target[l] = (1 - share) * target[l] + share * Math.exp(logits[l] - logSum);
  }
}

function targetLoss(logits: Float32Array, target: Float64Array, weight: number, gradient: Float32Array): number {
  const logSum = logSumExp(logits, 0, logits.length);
  let loss = 0;
  for (let l = 0; l < logits.length; l++) {
    const logPosterior = logits[l] - logSum;
    loss -= weight * target[l] * logPosterior;
    gradient[l] = weight * (Math.exp(logPosterior) - target[l]);
  }
  return loss;
}

function keywordLoss(logits: Float32Array, weight: number, gradient: Float32Array): number {
  const logSum = logSumExp(logits, 0, logits.length);
  const logBackground = logSumExp(logits, 0, BACKGROUND_LABELS);
  for (let l = 0; l < logits.length; l++) {
    const target = l < BACKGROUND_LABELS ? Math.exp(logits[l] - logBackground) : 0;
    gradient[l] = weight * (Math.exp(logits[l] - logSum) - target);
  }
  return weight * (logSum - logBackground);
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
