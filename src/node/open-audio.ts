import { type FileHandle, open } from 'node:fs/promises';
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

async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path).catch((cause) => {
    throw fileError(path, cause);
  });
  try {
    for (;;) {
      const bytes = await readSome(file, path);
      if (bytes.length === 0) return;
      yield bytes;
    }
  } finally {
    await file.close();
  }
}

async function readSome(file: FileHandle, path: string): Promise<Uint8Array> {
  const buffer = new Uint8Array(READ_BYTES);
  const { bytesRead } = await file.read(buffer, 0, READ_BYTES).catch((cause) => {
    throw fileError(path, cause);
  });
  return buffer.subarray(0, bytesRead);
}

function fileError(path: string, cause: NodeJS.ErrnoException): EarshotError {
  const isMissing = cause.code === 'ENOENT' || cause.code === 'ENOTDIR';
  return new EarshotError(
    isMissing ? 'EARSHOT_FILE_NOT_FOUND' : 'EARSHOT_FILE_UNREADABLE',
    isMissing ? `There is no file ${path}` : `The file ${path} cannot be read: ${cause.message}`,
    { value: path, cause },
  );
}
