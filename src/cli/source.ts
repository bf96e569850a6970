import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { AudioStream } from '../files/audio-stream.js';
import { readFileBytes } from '../node/open-audio.js';
import { STDIN } from './inputs.js';

/** Where the bytes of an input come from. */
export interface Source {
  bytes: AsyncIterable<Uint8Array>;
  /** Unknown for standard input, pipes and devices. */
  size: number | undefined;
}

/** Opens a path or standard input. A file that cannot be read makes reading `bytes` fail. */
export async function openSource(path: string): Promise<Source> {
  if (path === STDIN) return { bytes: process.stdin, size: undefined };
  return { bytes: readFileBytes(path), size: await sizeOf(path) };
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (entry) => (entry.isFile() ? entry.size : undefined),
    () => undefined,
  );
}

/** The same chunks; tells of each how many bytes it has. */
export async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of bytes) {
    count(chunk.length);
    yield chunk;
  }
  // Ctrl-C ends a whole pipeline, and the end of the input may be seen before the signal: let the signal be first.
  await setImmediate();
}

/** The same audio; tells before each chunk how many seconds have been taken by then. */
export function timed(audio: AudioStream, tell: (seconds: number) => void): AudioStream {
  async function* chunks(): AsyncGenerator<Float32Array[], void, undefined> {
    let samples = 0;
    for await (const planar of audio) {
      tell(samples / audio.sampleRate);
      yield planar;
      samples += planar[0].length;
    }
  }
  return { ...audio, [Symbol.asyncIterator]: chunks };
}
