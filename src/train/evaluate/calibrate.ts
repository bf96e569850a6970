import { EarshotError } from '../../errors.js';
import { readSafetensors, writeSafetensors } from '../../rnn/safetensors.js';
import type { Evaluation } from './evaluation.js';

/** Thresholds, and what they are expected to cost. */
export interface Calibration {
  targetFalseAcceptsPerHour: number;
  thresholds: Record<string, number>;
  falseAcceptsPerHour: number;
  falseRejectRate: number;
}

/** A threshold of one label that may be best: no other has fewer misses at as few accepts. */
interface Choice {
  threshold: number;
  accepts: number;
  misses: number;
}

/** Thresholds for the labels so far, and what they cost together. */
interface Plan {
  thresholds: [label: string, threshold: number][];
  accepts: number;
  misses: number;
}

/**
 * A threshold for each keyword, such that the fewest words in the streams are missed while false accepts, summed over
 * labels, stay within the target: a knapsack over the counts of the DET curve, solved exactly by dynamic programming
 * (Kellerer et al. 2004, "multiple-choice knapsack"). The counts were taken with one threshold for all labels, so that what
 * labels do to one another through the refractory time is left out; evaluate the calibrated model, on other recordings,
 * to know what it really does.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT without negatives or without recordings of a keyword, or when no thresholds
 *   meet the target
 */
export function calibrate(evaluation: Evaluation, targetFalseAcceptsPerHour: number): Calibration {
  const { negatives, words, det, perLabel: clips } = evaluation;
  if (!negatives || negatives.hours === 0) throw badArgument('Calibration needs negatives');
  const labels = Object.keys(negatives.perLabel);
  const unheard = labels.filter((label) => clips[label].clips === 0);
  if (unheard.length > 0) {
    throw badArgument(`Calibration needs recordings of every keyword; there are none of ${unheard.join(', ')}`);
  }
  if (words.keywords === 0) throw badArgument('Calibration needs recordings of keywords');
  const budget = Math.floor(targetFalseAcceptsPerHour * negatives.hours);
  let plans: Plan[] = [{ thresholds: [], accepts: 0, misses: 0 }];
  for (const label of labels) {
    const choices = best(det.map(({ threshold, perLabel }) => ({ threshold, ...perLabel[label] })));
    const longer = plans.flatMap((plan) => choices.map((choice) => extend(plan, label, choice)));
    plans = best(longer.filter(({ accepts }) => accepts <= budget));
  }
  const plan = plans.at(-1);
  if (!plan) throw badArgument(`No thresholds keep false accepts at ${targetFalseAcceptsPerHour} an hour`);
  return {
    targetFalseAcceptsPerHour,
    thresholds: Object.fromEntries(plan.thresholds),
    falseAcceptsPerHour: plan.accepts / negatives.hours,
    falseRejectRate: plan.misses / words.keywords,
  };
}

/** A copy of a model's file with these thresholds in place of its own. @throws EarshotError EARSHOT_MODEL_DAMAGED */
export function withThresholds(model: Uint8Array, thresholds: Record<string, number>): Uint8Array<ArrayBuffer> {
  const file = readSafetensors(model);
  const config = JSON.parse(file.metadata.earshot);
  const earshot = JSON.stringify({ ...config, decision: { ...config.decision, thresholds } });
  return writeSafetensors({ ...file, metadata: { ...file.metadata, earshot } });
}

const extend = ({ thresholds, accepts, misses }: Plan, label: string, choice: Choice): Plan => ({
  thresholds: [...thresholds, [label, choice.threshold]],
  accepts: accepts + choice.accepts,
  misses: misses + choice.misses,
});

/** Those that are best at some number of accepts, by accepts; the last misses the fewest. Of equals, the last stays. */
function best<T extends { accepts: number; misses: number }>(all: readonly T[]): T[] {
  const sorted = all.toReversed().sort((a, b) => a.accepts - b.accepts || a.misses - b.misses);
  let fewest = Infinity;
  return sorted.filter(({ misses }) => {
    if (misses >= fewest) return false;
    fewest = misses;
    return true;
  });
}

const badArgument = (message: string): EarshotError => new EarshotError('EARSHOT_BAD_ARGUMENT', message);
