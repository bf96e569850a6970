import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomSource } from '../helpers/sound.ts';
import { writeWav } from '../helpers/wav.ts';

const RATE = 8000;

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
        writeWav(join(folder, part, name, `${name}${n}_nohash_0.wav`), samples, RATE);
      }
    }
  }
}
