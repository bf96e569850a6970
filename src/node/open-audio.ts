import { open } from 'node:fs/promises';
import { EarshotError } from '../errors.js';
import type { AudioStream } from '../files/audio-stream.js';
import { type OpenStreamOptions, openAudioStream } from '../files/open-stream.js';
import { decodeWholeFile } from './decode-whole-file.js';

export type OpenAudioOptions = Omit<OpenStreamOptions, 'decodeWholeFile'>;

const READ_BYTES = 65536;

/**
 * Opens audio from a file, a named pipe or any stream of bytes (`process.stdin` is one). The file is closed when the
 * stream has been read, is left, fails or is closed.
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND, EARSHOT_FILE_UNREADABLE, and those of `openAudioStream`
 */
export async function openAudio(
  source: string | AsyncIterable<Uint8Array>,
  options: OpenAudioOptions = {},
): Promise<AudioStream> {
  const bytes = typeof source === 'string' ? fileBytes(source) : source;
  return openAudioStream(bytes, { ...options, decodeWholeFile });
}

/**
 * The bytes of a file, in chunks that are good until the next is asked for. Closes the file at the end; throws Node's
 * own errors.
 */
export async function* readFileBytes(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = new Uint8Array(READ_BYTES);
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* fileBytes(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* readFileBytes(path);
  } catch (cause) {
    throw fileError(path, cause as NodeJS.ErrnoException);
  }
}

function fileError(path: string, cause: NodeJS.ErrnoException): EarshotError {
  const isMissing = cause.code === 'ENOENT' || cause.code === 'ENOTDIR';
  return new EarshotError(
    isMissing ? 'EARSHOT_FILE_NOT_FOUND' : 'EARSHOT_FILE_UNREADABLE',
    isMissing ? `There is no file ${path}` : `The file ${path} cannot be read: ${cause.message}`,
    { value: path, cause },
  );
}
