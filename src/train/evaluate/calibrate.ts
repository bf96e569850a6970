import { EarshotError } from '../../errors.js';
import { readSafetensors, writeSafetensors } from '../../rnn/safetensors.js';
import type { LabelCounts } from './det.js';
import type { Evaluation } from './evaluation.js';

/** Thresholds, and what they are expected to cost. */
export interface Calibration {
  targetFalseAcceptsPerHour: number;
  thresholds: Record<string, number>;
  falseAcceptsPerHour: number;
  falseRejectRate: number;
}

/** Thresholds for the labels so far, and what they cost together. */
interface Plan extends LabelCounts {
  thresholds: [label: string, threshold: number][];
}

/**
 * A threshold for each keyword, such that the fewest words in the streams are missed or taken for others while false
 * accepts in the negatives, summed over labels, stay within the target: a knapsack over the counts of the DET curve,
 * solved exactly by dynamic programming (Kellerer et al. 2004, "multiple-choice knapsack"). The counts were taken with
 * one threshold for all labels, so that what labels do to one another through the refractory time is left out; evaluate
 * the calibrated model, on other recordings, to know what it really does.
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
  let plans: Plan[] = [{ thresholds: [], misses: 0, wrong: 0, accepts: 0 }];
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

const extend = (plan: Plan, label: string, choice: LabelCounts & { threshold: number }): Plan => ({
  thresholds: [...plan.thresholds, [label, choice.threshold]],
  misses: plan.misses + choice.misses,
  wrong: plan.wrong + choice.wrong,
  accepts: plan.accepts + choice.accepts,
});

/** Those that are best at some number of accepts, by accepts; the last has the fewest errors. Of equals, the last stays. */
function best<T extends LabelCounts>(all: readonly T[]): T[] {
  const sorted = all.toReversed().sort((a, b) => a.accepts - b.accepts || errors(a) - errors(b));
  let fewest = Infinity;
  return sorted.filter((one) => {
    if (errors(one) >= fewest) return false;
    fewest = errors(one);
    return true;
  });
}

const errors = ({ misses, wrong }: LabelCounts): number => misses + wrong;

const badArgument = (message: string): EarshotError => new EarshotError('EARSHOT_BAD_ARGUMENT', message);
