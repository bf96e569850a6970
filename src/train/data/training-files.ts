import { basename, dirname, relative, sep } from 'node:path';
import { UNKNOWN } from '../evaluate/data-set.js';
import { filesBelow } from '../evaluate/files.js';
import { splitOf } from '../evaluate/split.js';

/** A recording of a word: the file, its label, and whether it is to be learnt from or to check with. */
export interface WordFile {
  readonly path: string;
  readonly label: string;
  readonly part: 'training' | 'validation';
}

/** A folder of long noises in the layout of Speech Commands. */
const BACKGROUND = '_background_noise_';

/**
 * The words below a directory in the layout of Speech Commands: a folder a word; words that are no label are
 * `_unknown_`. Folders `training` and `validation` around them say what is for what; where there are none, the official
 * rule does, and its test part is left alone.
 */
export async function wordFiles(directory: string, labels: readonly string[]): Promise<WordFile[]> {
  const files = (await filesBelow(directory)).filter((path) => !parts(directory, path).includes(BACKGROUND));
  const divided = files.some((path) => isPart(parts(directory, path)[0]));
  return files.flatMap((path) => {
    const part = divided ? parts(directory, path)[0] : splitOf(path);
    if (!isPart(part)) return [];
    const folder = basename(dirname(path));
    return [{ path, label: labels.includes(folder) ? folder : UNKNOWN, part }];
  });
}

const isPart = (name: string | undefined): name is WordFile['part'] => name === 'training' || name === 'validation';

const parts = (directory: string, path: string): string[] => relative(directory, path).split(sep);

/** All files below some paths that may hold sound. */
export async function soundFiles(paths: readonly string[]): Promise<string[]> {
  const files = (await Promise.all(paths.map(filesBelow))).flat();
  return files.filter((path) => !TEXT.test(path));
}

/** What lies beside recordings: transcripts, lists, licences. */
const TEXT = /\.(tsv|csv|txt|md|json|jsonl)$/i;
