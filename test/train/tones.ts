import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomSource } from '../helpers/sound.ts';

const RATE = 8000;

/** Writes a mono 16-bit WAV file. */
export function writeWav(path: string, samples: Float32Array, rate = RATE): void {
  const bytes = Buffer.alloc(44 + 2 * samples.length);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + 2 * samples.length, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(2 * rate, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((x, i) => {
    bytes.writeInt16LE(Math.round(32767 * x), 44 + 2 * i);
  });
  writeFileSync(path, bytes);
}

/** Tones that stand for words: Hz by name. The last one is no word. */
export const TONES = { low: 400, middle: 1000, high: 2200, other: 3200 };

/** A data set of tones in the layout of Speech Commands, with folders for training and validation. */
export function writeTones(folder: string, training: number, validation: number): void {
  const random = randomSource(11);
  for (const [part, count] of Object.entries({ training, validation })) {
    for (const [name, hertz] of Object.entries(TONES)) {
      mkdirSync(join(folder, part, name), { recursive: true });
      for (let n = 0; n < count; n++) {
        const pitch = hertz * (1 + 0.05 * random());
        const level = 0.3 + 0.2 * random();
        const samples = Float32Array.from({ length: RATE }, (_, i) => {
          const inside = i > 0.3 * RATE && i < 0.8 * RATE ? level : 0;
          return inside * Math.sin((2 * Math.PI * pitch * i) / RATE) + 0.001 * random();
        });
        writeWav(join(folder, part, name, `${name}${n}_nohash_0.wav`), samples);
      }
    }
  }
}
