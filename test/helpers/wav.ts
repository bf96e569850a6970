import { readFileSync, writeFileSync } from 'node:fs';
import { wavFile } from '../../web/wav.ts';

/** Samples in [-1, 1) of a plain WAV file: one channel, 16 bits. The engine's own reader is tested against others. */
export function readWav(path: string | URL): { sampleRate: number; samples: Float32Array } {
  const bytes = readFileSync(path);
  const format = bytes.indexOf('fmt ');
  const data = bytes.indexOf('data', format);
  if (format < 0 || data < 0) throw new Error(`${path} is no WAV file`);
  const [coding, channels, bits] = [8, 10, 22].map((at) => bytes.readUInt16LE(format + at));
  if (coding !== 1 || channels !== 1 || bits !== 16) throw new Error(`${path} is not 16-bit mono`);
  const count = bytes.readUInt32LE(data + 4) / 2;
  const samples = Float32Array.from({ length: count }, (_, i) => bytes.readInt16LE(data + 8 + 2 * i) / 32768);
  return { sampleRate: bytes.readUInt32LE(format + 12), samples };
}

/** Writes a WAV file of one channel and 16 bits. */
export const writeWav = (path: string, samples: Float32Array, sampleRate: number): void =>
  writeFileSync(path, wavFile(samples, sampleRate));
