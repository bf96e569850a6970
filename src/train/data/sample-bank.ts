import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { mixDown, STEP_16, toS16 } from '../../audio/pcm.js';
import { openAudio } from '../../node/open-audio.js';
import { type BadFile, badFile, isBad } from '../recordings/bad-file.js';
import { RateConverter } from '../recordings/convert-rate.js';

/** Where the samples of a file lie in a bank. */
export interface BankEntry {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** Recordings as 16-bit samples at one rate, in memory that all threads share. */
export interface SampleBank {
  readonly samples: Int16Array<SharedArrayBuffer>;
  /** One for each file that could be read, in the order of the files. */
  readonly entries: readonly BankEntry[];
  readonly bad: readonly BadFile[];
  /** A hash of the files' names, sizes and times and of the rate. */
  readonly fingerprint: string;
}

export interface BankOptions {
  readonly sampleRate: number;
  /** Where decoded samples are kept, so that the next run starts at once. */
  readonly cache: string;
  /** Told now and then how many of the files have been read. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

type Index = Pick<SampleBank, 'entries' | 'bad'>;

const FILES_AT_ONCE = 8;
/** One more wherever decoding, mixing or the conversion of rates gives other samples than before, or the files of a cache change. */
const CACHE_VERSION = 2;

/**
 * Reads files of any format and rate. The cache is named by the fingerprint: where a file changes, another is made. So it
 * is where a file can be read by now that could not be before.
 */
export async function loadBank(paths: readonly string[], options: BankOptions): Promise<SampleBank> {
  const fingerprint = await fingerprintOf(paths, options.sampleRate);
  const base = join(options.cache, fingerprint);
  const kept = await readIndex(base);
  const index = kept && (await areStillBad(kept.bad, options)) ? kept : await makeBank(paths, options, base);
  return { samples: await readSamples(`${base}.bin`), ...index, fingerprint };
}

async function fingerprintOf(paths: readonly string[], sampleRate: number): Promise<string> {
  const hash = createHash('sha256').update(`${CACHE_VERSION} ${sampleRate}\n`);
  for (const path of paths) {
    // A file that is not there is told when it is read.
    const { size, mtimeMs } = await stat(path).catch(() => ({ size: -1, mtimeMs: -1 }));
    // As it is given too, which is how the index names it.
    hash.update(`${path}\0${resolve(path)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Written last, so that samples without a whole index are no cache; nor are those that it says more of than there are. */
async function readIndex(base: string): Promise<Index | undefined> {
  try {
    const index: Index = JSON.parse(await readFile(`${base}.json`, 'utf8'));
    const { offset, length } = index.entries.at(-1) ?? { offset: 0, length: 0 };
    const { size } = await stat(`${base}.bin`);
    return size === (offset + length) * Int16Array.BYTES_PER_ELEMENT ? index : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A decoder that was missing may be there now, and a file that nobody was allowed to read may be open. */
async function areStillBad(bad: readonly BadFile[], { sampleRate }: BankOptions): Promise<boolean> {
  for (const { path } of bad) if (!isBad(await readAt(path, sampleRate))) return false;
  return true;
}

async function readSamples(path: string): Promise<SampleBank['samples']> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const samples = new Int16Array(new SharedArrayBuffer(size));
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(samples, at, Math.min(size - at, 2 ** 28), at);
      if (bytesRead === 0) throw new Error(`The cache ${path} became shorter while it was read`);
      at += bytesRead;
    }
    return samples;
  } finally {
    await file.close();
  }
}

async function makeBank(paths: readonly string[], options: BankOptions, base: string): Promise<Index> {
  await mkdir(options.cache, { recursive: true });
  const temporary = `${base}.${randomUUID()}`;
  try {
    const index = await writeSamples(paths, options, temporary);
    await rename(temporary, `${base}.bin`);
    await writeFile(temporary, JSON.stringify(index));
    await rename(temporary, `${base}.json`);
    return index;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeSamples(
  paths: readonly string[],
  { sampleRate, onProgress }: BankOptions,
  target: string,
): Promise<Index> {
  const entries: BankEntry[] = [];
  const bad: BadFile[] = [];
  const file = await open(target, 'w');
  try {
    let offset = 0;
    for (let first = 0; first < paths.length; first += FILES_AT_ONCE) {
      const some = paths.slice(first, first + FILES_AT_ONCE);
      for (const read of await Promise.all(some.map((path) => readAt(path, sampleRate)))) {
        if (isBad(read)) bad.push(read);
        else {
          const length = read.parts.reduce((sum, part) => sum + part.length, 0);
          for (const part of read.parts) await file.writeFile(new Uint8Array(part.buffer));
          entries.push({ path: read.path, offset, length });
          offset += length;
        }
      }
      onProgress?.(first + some.length, paths.length);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { entries, bad };
}

/** Converts while it reads: hours of audio at its own rate would fill the memory. */
async function readAt(path: string, rate: number): Promise<{ path: string; parts: Int16Array[] } | BadFile> {
  try {
    const audio = await openAudio(path);
    const converter = audio.sampleRate === rate ? undefined : new RateConverter(audio.sampleRate, rate);
    const parts: Int16Array[] = [];
    for await (const planar of audio) {
      const samples = mixDown(planar);
      parts.push(Int16Array.from(converter ? converter.write(samples) : samples, toS16));
    }
    if (converter) parts.push(Int16Array.from(converter.end(), toS16));
    return { path, parts };
  } catch (error) {
    return badFile(path, error);
  }
}

/** Fills `out` with samples in [-1, 1) from a place in a bank on. */
export function readFromBank(bank: Int16Array, offset: number, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = bank[offset + i] * STEP_16;
}
