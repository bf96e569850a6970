import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { syntheticNoise } from '../../../src/train/augment/synthetic-noise.ts';
import { Random } from '../../../src/train/random.ts';

const noiseOf = (seed: number, length = 8256): Float32Array => {
  const noise = new Float32Array(length);
  syntheticNoise(new Random(seed), noise);
  return noise;
};

const power = (samples: Float32Array): number => samples.reduce((sum, x) => sum + x * x, 0) / samples.length;

/** 0 for what does not change from sample to sample, 2 for white noise, 4 for what alternates. */
const brightness = (noise: Float32Array): number => power(noise.map((x, i) => x - noise[i - 1] || 0)) / power(noise);

describe('synthetic noise', () => {
  test('is sound, of any length, and the same for the same random numbers', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 10000 }), (seed, length) => {
        const noise = noiseOf(seed, length);
        expect(noise.every(Number.isFinite)).toBe(true);
        expect(power(noise)).toBeGreaterThan(0);
        expect(noiseOf(seed, length)).toEqual(noise);
      }),
    );
  });

  test('reaches from rumble to hiss, and comes and goes', () => {
    const noises = Array.from({ length: 300 }, (_, seed) => noiseOf(seed));
    const colours = noises.map(brightness).sort((a, b) => a - b);
    expect(colours[15]).toBeLessThan(0.1);
    expect(colours[285]).toBeGreaterThan(2.5);
    const loudest = noises.map((noise) => {
      const parts = Array.from({ length: 8 }, (_, n) => power(noise.subarray(1000 * n, 1000 * (n + 1))));
      return Math.max(...parts) / (parts.reduce((sum, x) => sum + x) / 8);
    });
    expect(loudest.filter((ratio) => ratio < 1.3).length).toBeGreaterThan(60);
    expect(loudest.filter((ratio) => ratio > 2).length).toBeGreaterThan(60);
  });

  test('is sometimes short knocks, with hardly any power between them', () => {
    const noises = Array.from({ length: 300 }, (_, seed) => noiseOf(seed));
    const inLoudestTenth = noises.map((noise) => {
      const blocks = Array.from({ length: 100 }, (_, n) => power(noise.subarray(80 * n, 80 * n + 80)));
      const sum = (powers: number[]) => powers.reduce((total, x) => total + x, 0);
      return sum(blocks.sort((a, b) => b - a).slice(0, 10)) / sum(blocks);
    });
    expect(inLoudestTenth.filter((share) => share > 0.9).length).toBeGreaterThan(10);
    expect(inLoudestTenth.filter((share) => share < 0.2).length).toBeGreaterThan(60);
  });
});
