import { describe, expect, test } from 'vitest';
import { animalVoice } from '../../../src/train/augment/animal-voice.ts';
import { power } from '../../../src/train/power.ts';
import { Random } from '../../../src/train/random.ts';
import { blocksOf, expectSound, filled } from './sounds.ts';

const voiceOf = (seed: number): Float32Array => filled(animalVoice, seed, 8000);

/** How much a block is like itself later: 1 for what repeats exactly. */
const periodicity = (block: Float32Array, lags: readonly [number, number]): number => {
  const length = block.length - lags[1];
  const now = block.subarray(0, length);
  const likeness = (lag: number) => {
    const later = block.subarray(lag, lag + length);
    return now.reduce((sum, x, i) => sum + x * later[i], 0) / length / Math.sqrt(power(now) * power(later));
  };
  return Math.max(...Array.from({ length: lags[1] - lags[0] + 1 }, (_, n) => likeness(lags[0] + n)));
};

/** The block with most power. */
const loudest = (voice: Float32Array, length: number): Float32Array =>
  blocksOf(voice, length).reduce((most, block) => (power(block) > power(most) ? block : most));

describe('the voice of an animal', () => {
  test('is sound, of any length, and the same for the same random numbers', () => {
    expectSound(animalVoice);
  });

  test('has a pitch where it is loudest, as white noise has none', () => {
    const lags = [5, 160] as const;
    const voices = Array.from({ length: 60 }, (_, seed) => periodicity(loudest(voiceOf(seed), 500), lags));
    const random = new Random(1);
    const noise = Float32Array.from({ length: 500 }, () => random.between(-1, 1));
    expect(periodicity(noise, lags)).toBeLessThan(0.4);
    expect(voices.filter((p) => p > 0.6).length).toBeGreaterThan(50);
  });

  test('is made of calls, with quieter moments around most of them', () => {
    const quietest = Array.from({ length: 60 }, (_, seed) => {
      const blocks = blocksOf(voiceOf(seed), 200).map(power);
      return Math.min(...blocks) / Math.max(...blocks);
    });
    expect(quietest.filter((ratio) => ratio < 0.01).length).toBeGreaterThan(40);
  });
});
