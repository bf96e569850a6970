import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

export interface Download {
  readonly url: string;
  /** Where the file comes to lie. While it is not whole it has the ending `.part`. */
  readonly path: string;
  /** In hexadecimal digits. */
  readonly sha256: string;
  /** Told how many bytes are there, of how many; undefined where the server does not say. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
}

/**
 * Fetches a file. What an interrupted download left is gone on from, where the server can.
 * @throws Error where the server refuses, the connection breaks (call again to go on), or the bytes are others than
 *   expected; those are removed
 */
export async function download({ url, path, sha256, onProgress }: Download): Promise<void> {
  const part = `${path}.part`;
  await fetchRest(url, part, onProgress);
  const found = await sha256Of(part);
  if (found !== sha256) {
    await rm(part);
    throw new Error(`Expected ${url} to have the SHA-256 ${sha256}, got ${found}`);
  }
  await rename(part, path);
}

async function fetchRest(url: string, part: string, onProgress: Download['onProgress']): Promise<void> {
  const begun = await sizeOf(part);
  const response = await fetch(url, { headers: begun > 0 ? { range: `bytes=${begun}-` } : {} });
  // Nothing lies behind the end of what is there: it is whole.
  if (response.status === 416 && begun > 0) return;
  if (!response.ok || !response.body) throw new Error(`${url} answers ${response.status} ${response.statusText}`);
  const isRest = response.status === 206;
  const length = response.headers.get('content-length');
  let bytes = isRest ? begun : 0;
  const total = length === null ? undefined : bytes + Number(length);
  const count = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      onProgress?.(bytes, total);
      yield chunk;
    }
  };
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  await pipeline(body, count, createWriteStream(part, { flags: isRest ? 'a' : 'w' }));
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
