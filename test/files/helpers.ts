import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { joined } from '../../src/audio/joined.js';
import { EarshotError, type ErrorCode } from '../../src/errors.js';
import type { AudioStream, AudioWarning } from '../../src/files/audio-stream.js';
import { type OpenStreamOptions, openAudioStream } from '../../src/files/open-stream.js';
import { strengthAt } from '../helpers/sound.ts';

export function fixture(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../fixtures/audio/${name}`, import.meta.url)));
}

/** Cuts bytes into chunks of these sizes, over and over; sizes of 0 give empty chunks. */
export async function* chunksOf(bytes: Uint8Array, sizes: readonly number[] = [65536]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length];
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

export interface Audio {
  format: string;
  sampleRate: number;
  channels: number;
  /** Planar. */
  samples: Float32Array[];
  chunkSamples: number[];
  warnings: AudioWarning[];
  /** What reading ended with, if it failed. */
  error?: unknown;
}

/** Opens and reads bytes to their end or to an error, which is kept beside the samples before it. */
export async function read(
  bytes: Uint8Array,
  sizes?: readonly number[],
  options: OpenStreamOptions = {},
): Promise<Audio> {
  const warnings: AudioWarning[] = [];
  const onWarning = (warning: AudioWarning) => void warnings.push(warning);
  const stream = await openAudioStream(chunksOf(bytes, sizes), { ...options, onWarning });
  return { ...(await drain(stream)), warnings };
}

export async function drain(stream: AudioStream): Promise<Omit<Audio, 'warnings'>> {
  const { format, sampleRate, channels } = stream;
  const chunks: Float32Array[][] = [];
  let failure: { error?: unknown } = {};
  try {
    for await (const planar of stream) chunks.push(planar.map((channel) => channel.slice()));
  } catch (error) {
    failure = { error };
  }
  return {
    format,
    sampleRate,
    channels,
    samples: Array.from({ length: channels }, (_, c) => concatFloats(...chunks.map((planar) => planar[c]))),
    chunkSamples: chunks.map((planar) => planar[0].length),
    ...failure,
  };
}

/** The code with which opening or reading fails; undefined if it does not. Any other error is thrown on. */
export async function failureOf(audio: Promise<Audio>): Promise<ErrorCode | undefined> {
  try {
    const { error } = await audio;
    if (error !== undefined) throw error;
    return undefined;
  } catch (error) {
    if (error instanceof EarshotError) return error.code;
    throw error;
  }
}

/** Sizes for `chunksOf`, at least one of them not 0. */
export const splits = fc
  .array(fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 3000 })), { minLength: 1, maxLength: 8 })
  .filter((sizes) => sizes.some((size) => size > 0));

/** The frequency, of every tenth Hz up to 4,000, at which a stretch of these samples has the most power. */
export function loudestHz(all: Float32Array, sampleRate: number): number {
  const samples = all.subarray(2000, 10000);
  let loudest = 0;
  let most = 0;
  for (let hz = 50; hz < 4000; hz += 10) {
    const strength = strengthAt(samples, hz, sampleRate);
    if (strength > most) {
      most = strength;
      loudest = hz;
    }
  }
  return loudest;
}

export function concatBytes(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const concatFloats = (...parts: readonly Float32Array[]): Float32Array => joined(parts);

/** Whether planar samples are the same, bit for bit; faster than `toEqual`. */
export function areSame(a: readonly Float32Array[], b: readonly Float32Array[]): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) => Buffer.from(buffer, byteOffset, byteLength);
  return a.length === b.length && a.every((channel, c) => bytes(channel).equals(bytes(b[c])));
}

/** The first `length` samples of each channel. */
export function start(samples: readonly Float32Array[], length: number): Float32Array[] {
  return samples.map((channel) => channel.subarray(0, length));
}

export function ascii(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** A number in `bytes` bytes, little-endian. */
export function little(value: number, bytes: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
}

export interface WavParts {
  riff?: string;
  /** What the header says of the length of all that follows it. */
  riffBytes?: number;
  tag?: number;
  channels?: number;
  sampleRate?: number;
  frameBytes?: number;
  bits?: number;
  /** Behind the sixteen bytes of the format. */
  extension?: Uint8Array;
  /** Whole chunks before the data. */
  before?: Uint8Array;
  dataBytes?: number;
  data?: Uint8Array;
}

/** A WAV file written down field by field; whatever is not given is true of 16-bit mono at 16 kHz. */
export function wav(parts: WavParts = {}): Uint8Array<ArrayBuffer> {
  const { riff = 'RIFF', tag = 1, channels = 1, sampleRate = 16000, bits = 16, data = little(0x1234, 2) } = parts;
  const { extension = little(0, 0), before = little(0, 0), dataBytes = data.length } = parts;
  const { frameBytes = channels * Math.ceil(bits / 8) } = parts;
  const format = concatBytes(
    little(tag, 2),
    little(channels, 2),
    little(sampleRate, 4),
    little(sampleRate * frameBytes, 4),
    little(frameBytes, 2),
    little(bits, 2),
    extension,
  );
  const body = concatBytes(chunk('fmt ', format), before, ascii('data'), little(dataBytes, 4), data);
  const { riffBytes = body.length + 4 } = parts;
  return concatBytes(ascii(riff), little(riffBytes, 4), ascii('WAVE'), body);
}

export function chunk(id: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(ascii(id), little(body.length, 4), body, little(0, body.length % 2));
}
