import type { Random } from '../random.js';
import { type Interval, TAIL } from './interval.js';
import { quantile } from './quantile.js';

/** A clip that was judged. */
export interface Judged {
  /** Undefined where nobody knows. */
  speaker: string | undefined;
  isRight: boolean;
}

const RESAMPLES = 2000;

/** Accuracy averaged over speakers, each of whom counts the same; clips without a speaker are left out. */
export function speakerMean(clips: readonly Judged[]): { speakers: number; accuracy: number | null } {
  const known = tally(clips.filter(({ speaker }) => speaker !== undefined));
  const sum = known.reduce((total, { right, clips: count }) => total + right / count, 0);
  return { speakers: known.length, accuracy: known.length === 0 ? null : sum / known.length };
}

/**
 * A 95 % interval of the accuracy over clips, by the percentile bootstrap over speakers (Efron 1979): 2,000 times as
 * many speakers as there are are drawn with replacement, with all their clips. Clips of one speaker resemble each other,
 * so that drawing single clips would make the interval too narrow. A clip without a speaker is drawn on its own.
 * Null where all clips are of one speaker, who says nothing about others, and where none names a speaker.
 * @param clips at least one
 */
export function accuracyInterval(clips: readonly Judged[], random: Random): Interval | null {
  const groups = tally(clips);
  if (groups.length < 2 || clips.every(({ speaker }) => speaker === undefined)) return null;
  const accuracies = Array.from({ length: RESAMPLES }, () => resampledAccuracy(groups, random));
  return [quantile(accuracies, TAIL) ?? 0, quantile(accuracies, 1 - TAIL) ?? 1];
}

interface Tally {
  right: number;
  clips: number;
}

function tally(clips: readonly Judged[]): Tally[] {
  const groups = new Map<string | number, Tally>();
  clips.forEach(({ speaker, isRight }, index) => {
    const { right, clips } = groups.get(speaker ?? index) ?? { right: 0, clips: 0 };
    groups.set(speaker ?? index, { right: right + Number(isRight), clips: clips + 1 });
  });
  return [...groups.values()];
}

function resampledAccuracy(groups: readonly Tally[], random: Random): number {
  let [right, clips] = [0, 0];
  for (let n = 0; n < groups.length; n++) {
    const group = groups[random.below(groups.length)];
    right += group.right;
    clips += group.clips;
  }
  return right / clips;
}
