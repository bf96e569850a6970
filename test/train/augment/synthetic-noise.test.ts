import { describe, expect, test } from 'vitest';
import { syntheticNoise } from '../../../src/train/augment/synthetic-noise.ts';
import { power } from '../../../src/train/power.ts';
import { blocksOf, expectSound, filled } from './sounds.ts';

const noises = Array.from({ length: 300 }, (_, seed) => filled(syntheticNoise, seed, 8256));

/** 0 for what does not change from sample to sample, 2 for white noise, 4 for what alternates. */
const brightness = (noise: Float32Array): number => power(noise.map((x, i) => x - noise[i - 1] || 0)) / power(noise);

describe('synthetic noise', () => {
  test('is sound, of any length, and the same for the same random numbers', () => {
    expectSound(syntheticNoise);
  });

  test('reaches from rumble to hiss, and comes and goes', () => {
    const colours = noises.map(brightness).sort((a, b) => a - b);
    expect(colours[15]).toBeLessThan(0.1);
    expect(colours[285]).toBeGreaterThan(2.5);
    const loudest = noises.map((noise) => {
      const parts = blocksOf(noise, 1000).map(power);
      return Math.max(...parts) / (parts.reduce((sum, x) => sum + x) / 8);
    });
    expect(loudest.filter((ratio) => ratio < 1.3).length).toBeGreaterThan(60);
    expect(loudest.filter((ratio) => ratio > 2).length).toBeGreaterThan(60);
  });

  test('is sometimes short knocks, with hardly any power between them', () => {
    const inLoudestTenth = noises.map((noise) => {
      const blocks = blocksOf(noise.subarray(0, 8000), 80).map(power);
      const sum = (powers: number[]) => powers.reduce((total, x) => total + x, 0);
      return sum(blocks.sort((a, b) => b - a).slice(0, 10)) / sum(blocks);
    });
    expect(inLoudestTenth.filter((share) => share > 0.9).length).toBeGreaterThan(10);
    expect(inLoudestTenth.filter((share) => share < 0.2).length).toBeGreaterThan(60);
  });
});
