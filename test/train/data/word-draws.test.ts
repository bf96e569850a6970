import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UNKNOWN_LABEL } from '../../../src/train/data/training-data.ts';
import { WordDraws } from '../../../src/train/data/word-draws.ts';
import { Random } from '../../../src/train/random.ts';

/** So many recordings of each label in each directory. */
const clips = (counts: readonly Readonly<Record<number, number>>[]) =>
  counts.flatMap((labels, source) =>
    Object.entries(labels).flatMap(([label, count]) =>
      Array.from({ length: count }, () => ({ offset: 0, length: 1, label: Number(label), source })),
    ),
  );

const counter = (values: readonly (number | string)[]) =>
  values.reduce((counts, value) => counts.set(value, (counts.get(value) ?? 0) + 1), new Map<number | string, number>());

test('of one directory whose labels are many, an epoch hears each recording once', () => {
  const all = clips([{ 1: 40, 2: 30, 3: 30 }]);
  const draw = new WordDraws(all).draw(new Random(1));
  expect([...draw].sort((a, b) => a - b)).toEqual([...all.keys()]);
});

test('every directory has the labels in the proportions of all', () => {
  const all = clips([
    { 1: 250, 2: 375, 3: 375 },
    { 1: 390, 2: 5, 3: 5 },
  ]);
  const draw = new WordDraws(all).draw(new Random(1));
  const counts = counter(draw.map((clip) => `${all[clip].source}/${all[clip].label}`));
  for (const label of [1, 2, 3]) {
    expect((counts.get(`0/${label}`) ?? 0) / 1000).toBeCloseTo((counts.get(`1/${label}`) ?? 0) / 400, 1);
  }
  expect(draw.length).toBe(1400);
});

test('within a group no recording is heard twice more than another, and another part of it in each epoch', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 300 }), fc.nat(), (few, many, seed) => {
      const draws = new WordDraws(clips([{ 2: few }, { 1: many }]));
      const heard = [...counter(draws.draw(new Random(seed))).values()];
      expect(draws.draw(new Random(seed))).toEqual(draws.draw(new Random(seed)));
      expect(draws.draw(new Random(seed)).length).toBe(draws.count);
      expect(draws.drawsOf(1) + draws.drawsOf(2)).toBe(draws.count);
      expect(Math.max(...heard)).toBeLessThanOrEqual(Math.ceil(many / 3 / few) + 1);
    }),
  );
});

test('a wake word of ten recordings is a quarter of what is heard', () => {
  const all = clips([{ 2: 10 }, { 1: 3000 }]);
  const draw = new WordDraws(all).draw(new Random(1));
  const keywords = draw.filter((clip) => all[clip].label !== UNKNOWN_LABEL).length;
  expect(keywords / draw.length).toBeCloseTo(0.25, 2);
});

test('every keyword is heard, each its part of a quarter at least, however few its recordings beside many others', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), (few, others) => {
      const draws = new WordDraws(
        clips([
          { 1: others, 2: few },
          { 1: 20_000, 3: 900 },
        ]),
      );
      for (const keyword of [2, 3]) expect(draws.drawsOf(keyword) / draws.drawsOf(1)).toBeGreaterThan(1 / 6 - 0.01);
    }),
  );
});
