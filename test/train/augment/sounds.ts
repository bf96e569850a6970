import fc from 'fast-check';
import { expect } from 'vitest';
import { power } from '../../../src/train/power.ts';
import { Random } from '../../../src/train/random.ts';

export type Fill = (random: Random, out: Float32Array) => void;

export function filled(fill: Fill, seed: number, length: number): Float32Array {
  const sound = new Float32Array(length);
  fill(new Random(seed), sound);
  return sound;
}

/** That `fill` makes sound of any length, and the same for the same random numbers. */
export function expectSound(fill: Fill): void {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 10000 }), (seed, length) => {
      const sound = filled(fill, seed, length);
      expect(sound.every(Number.isFinite)).toBe(true);
      expect(power(sound)).toBeGreaterThan(0);
      expect(filled(fill, seed, length)).toEqual(sound);
    }),
  );
}

/** Whole blocks of so many samples. */
export const blocksOf = (samples: Float32Array, length: number): Float32Array[] =>
  Array.from({ length: Math.floor(samples.length / length) }, (_, n) => samples.subarray(n * length, (n + 1) * length));
