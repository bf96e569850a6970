import { ratio } from './ratio.js';

/** Which label was taken for which. */
export interface Confusion {
  /** Of rows and columns. */
  labels: string[];
  /** `counts[truth][predicted]`, in clips. */
  counts: number[][];
}

/** How well one label is told from the others. */
export interface LabelScore {
  clips: number;
  /** Of the clips that were given this label, the share that has it; null if there are none. */
  precision: number | null;
  /** Of the clips that have this label, the share that was given it; null if there are none. */
  recall: number | null;
}

/** @param pairs a clip's true and predicted label */
export function confusionOf(labels: readonly string[], pairs: Iterable<readonly [string, string]>): Confusion {
  const counts = labels.map(() => labels.map(() => 0));
  for (const [truth, predicted] of pairs) counts[labels.indexOf(truth)][labels.indexOf(predicted)]++;
  return { labels: [...labels], counts };
}

/** Precision and recall of one label. */
export function scoreOf({ labels, counts }: Confusion, label: string): LabelScore {
  const at = labels.indexOf(label);
  const right = counts[at][at];
  const clips = counts[at].reduce((sum, n) => sum + n, 0);
  const predicted = counts.reduce((sum, row) => sum + row[at], 0);
  return { clips, precision: ratio(right, predicted), recall: ratio(right, clips) };
}
