import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskRow } from '../../../src/train/augment/mask.ts';
import { TrainingMemory } from '../../../src/train/kernels/kernels.ts';
import { Signal } from '../../../src/train/network/signal.ts';
import { Random } from '../../../src/train/random.ts';
import { numbers } from '../helpers.ts';

const [STEPS, ROWS, SIZE] = [50, 3, 20];
const signal = new Signal(new TrainingMemory(), { steps: STEPS, rows: ROWS }, SIZE);
const mean = numbers(SIZE, 5);
const all = numbers(STEPS * ROWS * SIZE, 6, 10);

/** Where row 1 has the mean, [step][coefficient]. */
function masked(seed: number): boolean[][] {
  const values = all.slice();
  maskRow(signal, values, 1, mean, new Random(seed));
  return Array.from({ length: STEPS }, (_, t) =>
    Array.from({ length: SIZE }, (_, i) => {
      const at = (t * ROWS + 1) * SIZE + i;
      if (values[at] !== mean[i]) expect(values[at]).toBe(all[at]);
      return values[at] === mean[i];
    }),
  );
}

const isRun = (flags: boolean[], longest: number) => {
  const count = flags.filter(Boolean).length;
  return count <= longest && (count === 0 || flags.lastIndexOf(true) - flags.indexOf(true) === count - 1);
};

test('masks one run of frames and one of coefficients, by their mean, and changes nothing else', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const mask = masked(seed);
      const frames = mask.map((frame) => frame.every(Boolean));
      expect(isRun(frames, 8)).toBe(true);
      const others = mask.filter((_, t) => !frames[t]);
      expect(isRun(others[0], 3)).toBe(true);
      for (const frame of others) expect(frame).toEqual(others[0]);
    }),
  );
});

test('leaves the other rows alone, and is the same for the same random numbers', () => {
  const values = all.slice();
  maskRow(signal, values, 1, mean, new Random(3));
  values.forEach((value, i) => {
    if (Math.floor(i / SIZE) % ROWS !== 1) expect(value).toBe(all[i]);
  });
  expect(masked(3)).toEqual(masked(3));
});

test('masks every frame and every coefficient now and then', () => {
  const masks = Array.from({ length: 300 }, (_, seed) => masked(seed));
  for (let t = 0; t < STEPS; t++) expect(masks.some((mask) => mask[t].every(Boolean))).toBe(true);
  for (let i = 0; i < SIZE; i++) expect(masks.some((mask) => mask.every((frame) => frame[i]))).toBe(true);
});
