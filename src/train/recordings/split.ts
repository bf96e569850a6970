import { createHash } from 'node:crypto';
import { basename, relative, sep } from 'node:path';

export const SPLITS = ['training', 'validation', 'testing'] as const;

/** A part of a data set, by speaker. */
export type Split = (typeof SPLITS)[number];

const VALIDATION_PERCENT = 10;
const TESTING_PERCENT = 10;
/** The official rule's `MAX_NUM_WAVS_PER_CLASS`. */
const MOST_CLIPS = 2 ** 27 - 1;

/**
 * Who speaks: of a name `[word_]SPEAKER_nohash_N.*` the last `_` field before `_nohash_`; undefined for other names,
 * which do not tell.
 */
export function speakerOf(path: string): string | undefined {
  return /([^_]+)_nohash_/.exec(basename(path))?.[1];
}

/**
 * The part a clip belongs to, by the official rule of Speech Commands (Warden 2018; `which_set` in its README): the
 * SHA-1 of the speaker, or of the whole name where it names none, decides, so that a speaker is in one part only.
 */
export const splitOf = (path: string): Split => splitOfSpeaker(speakerOf(path) ?? basename(path));

/** The same by a speaker's name. */
export function splitOfSpeaker(speaker: string): Split {
  const hash = createHash('sha1').update(speaker).digest('hex');
  const percent = Number(BigInt(`0x${hash}`) % BigInt(MOST_CLIPS + 1)) * (100 / MOST_CLIPS);
  if (percent < VALIDATION_PERCENT) return 'validation';
  return percent < VALIDATION_PERCENT + TESTING_PERCENT ? 'testing' : 'training';
}

/**
 * The part of each file below a directory: where there are folders `training`, `validation` or `testing`, the folder says it, and
 * files in no folder of a part belong to none; elsewhere the official rule does.
 */
export function splitsBelow(directory: string, paths: readonly string[]): (Split | undefined)[] {
  const folders = paths.map((path) => SPLITS.find((split) => split === relative(directory, path).split(sep)[0]));
  return folders.some((folder) => folder !== undefined) ? folders : paths.map(splitOf);
}
