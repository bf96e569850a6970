import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { ErrorCode } from '../errors.js';
import { type Failure, failureOf } from './failure.js';

/** The path that stands for standard input. */
export const STDIN = '-';

/** Whether a path names a directory; false for everything else, missing ones too. */
export async function isDirectory(path: string): Promise<boolean> {
  if (path === STDIN) return false;
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

/** Something in a directory: a file, or a directory that could not be read. */
export interface Found {
  path: string;
  failure?: Failure;
}

/**
 * The files in a directory and those below it, each directory's entries in the order of their names' code units. Hidden
 * entries are left out, and so are links to directories (they may lead in a circle), pipes and devices.
 */
export async function* filesIn(directory: string): AsyncGenerator<Found> {
  let entries: Dirent[];
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch (error) {
    yield { path: directory, failure: failureOf(error) };
    return;
  }
  const shown = entries.filter(({ name }) => !name.startsWith('.'));
  for (const entry of shown.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (await isFile(entry, path)) yield { path };
  }
}

async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return stat(path).then(
    (target) => target.isFile(),
    () => false,
  );
}

/** Names that promise audio, also of kinds that Earshot does not read. */
const AUDIO_EXTENSIONS = new Set(
  '.aac .ac3 .aif .aifc .aiff .amr .au .caf .flac .m4a .mka .mp3 .oga .ogg .opus .wav .wave .weba .webm .wma .wv'.split(
    ' ',
  ),
);

const NO_AUDIO: readonly ErrorCode[] = ['EARSHOT_AUDIO_UNKNOWN', 'EARSHOT_AUDIO_EMPTY', 'EARSHOT_AUDIO_UNSUPPORTED'];

/**
 * Whether something that came with its directory and turned out to hold no audio for us (a text, a photo, a film without
 * sound) may be passed over without a word: its name does not promise any either.
 */
export function isPassedOver(path: string, { code }: Failure): boolean {
  return NO_AUDIO.includes(code) && !AUDIO_EXTENSIONS.has(extname(path).toLowerCase());
}
