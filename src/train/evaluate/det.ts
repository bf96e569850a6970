import { hours, type Negative } from './false-accepts.js';
import type { HeardWords } from './jobs/words.js';
import { matchDetections } from './match.js';
import { ratio } from './ratio.js';
import { THRESHOLDS } from './threshold-bank.js';

/** A point of the detection error trade-off (Martin et al. 1997): what one threshold for all labels costs. */
export interface DetPoint {
  threshold: number;
  falseRejectRate: number | null;
  falseAcceptsPerHour: number | null;
  perLabel: Record<string, LabelCounts>;
}

/** Of one keyword, at one threshold. */
export interface LabelCounts {
  /** Words missed in the streams of words. */
  misses: number;
  /** Detections in those streams that are no hits. */
  wrong: number;
  /** Detections in the negatives. */
  accepts: number;
}

/** The curve over `THRESHOLDS`. */
export function detCurve(
  streams: readonly HeardWords[],
  negatives: readonly Negative[],
  labels: readonly string[],
  keywords: readonly string[],
): DetPoint[] {
  const said = streams.flatMap(({ words }) => words).filter(({ label }) => keywords.includes(label)).length;
  return THRESHOLDS.map((threshold, n) => {
    const matched = streams.map(({ words, heardAt }) => matchDetections(words, heardAt[n]));
    const missed = streams.flatMap(({ words }, s) => words.filter((_, w) => matched[s].delays[w] === undefined));
    const wrong = matched.flatMap(({ falseAccepts }) => falseAccepts);
    const perLabel = keywords.map((label) => {
      const accepts = negatives.reduce((sum, { acceptsAt }) => sum + acceptsAt[n][labels.indexOf(label)], 0);
      return [label, { misses: countOf(label, missed), wrong: countOf(label, wrong), accepts }] as const;
    });
    const total = (of: 'misses' | 'accepts') => perLabel.reduce((sum, [, counts]) => sum + counts[of], 0);
    return {
      threshold,
      falseRejectRate: ratio(total('misses'), said),
      falseAcceptsPerHour: ratio(total('accepts'), hours(negatives)),
      perLabel: Object.fromEntries(perLabel),
    };
  });
}

const countOf = (label: string, all: readonly { label: string }[]): number =>
  all.filter((one) => one.label === label).length;
