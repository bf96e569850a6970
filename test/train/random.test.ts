import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/train/random.ts';

/** Of the seeds 1, 2 in training and in evaluations, and of the state 1. */
const FIRST_BITS = [
  [285513059, 1670520662],
  [1794555835, 1115586847],
  [2693262067, 11749833],
];

describe('random numbers', () => {
  test('are the same for the same seeds, and others where one seed or their order differs', () => {
    const first = (...seeds: number[]) => new Random(...seeds).bits();
    expect(first(1, 2, 3)).toBe(first(1, 2, 3));
    const streams = [first(1, 2, 3), first(1, 3, 2), first(1, 2), first(1, 2, 4), first(0, 2, 3), first(1, 2, -3)];
    expect(new Set(streams).size).toBe(streams.length);
  });

  test('of evaluations too, which draw others than training', () => {
    const first = (...seeds: number[]) => Random.ofEvaluation(...seeds).bits();
    expect(first(1, 2)).toBe(first(1, 2));
    const streams = [first(1, 2), first(2, 1), first(1), first(1, 2, 0), first(1, 3), first(0, 2)];
    expect(new Set([...streams, new Random(1, 2).bits()]).size).toBe(streams.length + 1);
  });

  test('stay what they are: published results rest on the numbers that follow these seeds', () => {
    const [training, evaluation, plain] = [new Random(1, 2), Random.ofEvaluation(1, 2), Random.fromState(1)];
    expect([training, evaluation, plain].map((random) => [random.bits(), random.bits()])).toEqual(FIRST_BITS);
  });

  test('are uniform: each tenth of [0, 1) gets a tenth, also over the first numbers of neighbouring seeds', () => {
    const counts = new Array(10).fill(0);
    for (let seed = 0; seed < 20_000; seed++) counts[Math.floor(10 * new Random(7, seed).unit())]++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  test('shuffle: every order keeps every item', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 50 }), (seed, n) => {
        const shuffled = new Random(seed).shuffle(Int32Array.from({ length: n }, (_, i) => i));
        expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });
});
