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
  /** By keyword: words missed in the streams, and false accepts in the negatives. */
  perLabel: Record<string, { misses: number; accepts: number }>;
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
    const missed = streams.flatMap(({ words, heardAt }) => missedLabels(words, heardAt[n]));
    const perLabel = keywords.map((label) => {
      const accepts = negatives.reduce((sum, { acceptsAt }) => sum + acceptsAt[n][labels.indexOf(label)], 0);
      return [label, { misses: missed.filter((other) => other === label).length, accepts }] as const;
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

function missedLabels(words: HeardWords['words'], heard: HeardWords['heard']): string[] {
  const { delays } = matchDetections(words, heard);
  return words.filter((_, n) => delays[n] === undefined).map(({ label }) => label);
}
