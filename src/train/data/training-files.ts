import { basename, dirname } from 'node:path';
import { wordRecordings } from '../recordings/files.js';
import { labelOf } from '../recordings/labels.js';
import { splitOf, splitOfSpeaker, splitsBelow } from '../recordings/split.js';
import { type ManifestEntry, type ManifestFormat, manifestFormat, readManifest } from './manifest.js';

/** A recording of a word: the file, its label, and whether it is to be learnt from or to check with. */
export interface WordFile {
  readonly path: string;
  readonly label: string;
  readonly part: 'training' | 'validation';
  /** Where in the file the word is said, in seconds; the whole file if not given. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/**
 * The words that a manifest lists or that lie below a directory; those that are no label are `_unknown_`. Where nothing
 * says what is for what, the official rule of Speech Commands does. What is for testing is left alone.
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND, EARSHOT_BAD_ARGUMENT
 */
export function wordFiles(path: string, labels: readonly string[]): Promise<WordFile[]> {
  const format = manifestFormat(path);
  return format ? listedFiles(path, format, labels) : filesInFolders(path, labels);
}

async function listedFiles(path: string, format: ManifestFormat, labels: readonly string[]): Promise<WordFile[]> {
  const entries = await readManifest(path, format);
  return entries.flatMap((entry) => {
    const part = entry.split ?? defaultSplit(entry);
    return isPart(part)
      ? [{ path: entry.file, label: labelOf(entry.label, labels), part, start: entry.start, end: entry.end }]
      : [];
  });
}

const defaultSplit = ({ file, speaker }: ManifestEntry) =>
  speaker === undefined ? splitOf(file) : splitOfSpeaker(speaker);

/** In the layout of Speech Commands: a folder a word, with folders `training` and `validation` around them or without. */
async function filesInFolders(directory: string, labels: readonly string[]): Promise<WordFile[]> {
  const files = await wordRecordings(directory);
  const splits = splitsBelow(directory, files);
  return files.flatMap((path, n) => {
    const part = splits[n];
    return isPart(part) ? [{ path, label: labelOf(basename(dirname(path)), labels), part }] : [];
  });
}

const isPart = (name: string | undefined): name is WordFile['part'] => name === 'training' || name === 'validation';
