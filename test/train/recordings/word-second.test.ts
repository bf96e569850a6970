import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wordSecond } from '../../../src/train/recordings/word-second.ts';

const RATE = 8000;

test('a long recording is cut to a second inside it that holds the word, wherever it was said', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 10_000, max: 30_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (offset, length, place) => {
        const samples = new Int16Array(offset + length).fill(3);
        const start = offset + Math.floor(place * (length - 4800));
        samples.fill(5000, start, start + 4800);
        const second = wordSecond(samples, { offset, length }, RATE);
        expect(second.length).toBe(RATE);
        expect(second.offset).toBeGreaterThanOrEqual(offset);
        expect(second.offset + RATE).toBeLessThanOrEqual(offset + length);
        expect(second.offset).toBeLessThanOrEqual(start);
        expect(second.offset + RATE).toBeGreaterThanOrEqual(start + 4800);
      },
    ),
  );
});

test('a clip of about a second stays whole, silence too', () => {
  expect(wordSecond(new Int16Array(9000), { offset: 5, length: 8500 }, RATE)).toEqual({ offset: 5, length: 8500 });
  expect(wordSecond(new Int16Array(20_000), { offset: 0, length: 20_000 }, RATE)).toEqual({ offset: 0, length: RATE });
});
