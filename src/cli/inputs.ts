import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { ErrorCode } from '../errors.js';
import type { Failure } from './failure.js';

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
