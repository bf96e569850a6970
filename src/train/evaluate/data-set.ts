import { basename, dirname } from 'node:path';
import { wordRecordings } from '../recordings/files.js';
import { labelOf } from '../recordings/labels.js';
import { type Split, speakerOf, splitsBelow } from '../recordings/split.js';

/** A recording of one word, not yet read. */
export interface Clip {
  path: string;
  /** The name of its folder if that is a label, `_unknown_` otherwise. */
  label: string;
  /** Undefined where the file's name does not tell. */
  speaker: string | undefined;
}

/**
 * The clips below some directories, in order.
 * @param labels the model's
 * @param split the only part to take; all of them if undefined
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND
 */
export async function listClips(
  directories: readonly string[],
  labels: readonly string[],
  split?: Split,
): Promise<Clip[]> {
  const paths = (await Promise.all(directories.map((directory) => filesOf(directory, split)))).flat();
  return paths.map((path) => ({
    path,
    label: labelOf(basename(dirname(path)), labels),
    speaker: speakerOf(path),
  }));
}

async function filesOf(directory: string, split: Split | undefined): Promise<string[]> {
  const paths = await wordRecordings(directory);
  const splits = splitsBelow(directory, paths);
  return paths.filter((_, n) => split === undefined || splits[n] === split);
}
