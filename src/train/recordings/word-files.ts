import { basename, dirname, resolve } from 'node:path';
import { wordRecordings } from './files.js';
import { labelOf } from './labels.js';
import { type ManifestFormat, manifestFormat, readManifest } from './manifest.js';
import type { Piece } from './piece.js';
import { type Split, speakerOf, splitOf, splitOfSpeaker, splitsBelow } from './split.js';

/** A file, or a piece of one, in which one word is said; not yet read. */
export interface WordFile extends Piece {
  readonly path: string;
  /** The word if it is a label, `_unknown_` otherwise. */
  readonly label: string;
  /** Undefined where nothing tells. */
  readonly speaker: string | undefined;
  /** Undefined in no folder of a part where there are such folders. */
  readonly split: Split | undefined;
}

/**
 * The words that a manifest lists or that lie below a directory, in order. Where nothing says to which part one belongs, the
 * official rule of Speech Commands does.
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND, EARSHOT_BAD_ARGUMENT
 */
export function wordFiles(path: string, labels: readonly string[]): Promise<WordFile[]> {
  const format = manifestFormat(path);
  return format ? listedFiles(path, format, labels) : filesInFolders(path, labels);
}

async function listedFiles(path: string, format: ManifestFormat, labels: readonly string[]): Promise<WordFile[]> {
  const entries = await readManifest(path, format);
  return entries.map(({ file, label, split, speaker, start, end }) => ({
    path: file,
    label: labelOf(label, labels),
    speaker: speaker ?? speakerOf(file),
    split: split ?? (speaker === undefined ? splitOf(file) : splitOfSpeaker(speaker)),
    start,
    end,
  }));
}

/** In the layout of Speech Commands: a folder a word, with folders `training` and `validation` around them or without. */
async function filesInFolders(directory: string, labels: readonly string[]): Promise<WordFile[]> {
  const files = await wordRecordings(directory);
  const splits = splitsBelow(directory, files);
  return files.map((path, n) => ({
    path,
    label: labelOf(basename(dirname(resolve(path))), labels),
    speaker: speakerOf(path),
    split: splits[n],
  }));
}
