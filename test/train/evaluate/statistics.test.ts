import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confusionOf, scoreOf } from '../../../src/train/evaluate/confusion.ts';
import type { Interval } from '../../../src/train/evaluate/interval.ts';
import { poissonInterval } from '../../../src/train/evaluate/poisson.ts';
import { quantile } from '../../../src/train/evaluate/quantile.ts';
import { accuracyInterval, speakerMean } from '../../../src/train/evaluate/speakers.ts';
import { Random } from '../../../src/train/random.ts';

describe('poissonInterval', () => {
  // Garwood (1936), as in any table of exact Poisson limits.
  it.each([
    [0, 0, 3.689],
    [1, 0.0253, 5.572],
    [2, 0.2422, 7.225],
    [5, 1.6235, 11.668],
    [10, 4.7954, 18.39],
    [100, 81.364, 121.627],
  ])('of %i events reaches from %f to %f', (count, lower, upper) => {
    expect(poissonInterval(count)[0]).toBeCloseTo(lower, 3);
    expect(poissonInterval(count)[1]).toBeCloseTo(upper, 3);
  });

  it('nears the normal one for many events', () => {
    const [lower, upper] = poissonInterval(10_000);
    expect(lower).toBeCloseTo(10_000 - 1.96 * 100, -1);
    expect(upper).toBeCloseTo(10_000 + 1.96 * 100, -1);
  });
});

describe('quantile', () => {
  it('blends the two nearest values', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20, 30], 0.9)).toBeCloseTo(28);
    expect(quantile([7], 0.3)).toBe(7);
    expect(quantile([], 0.5)).toBeNull();
  });
});

describe('confusionOf', () => {
  const pairs: [string, string][] = [
    ['yes', 'yes'],
    ['yes', 'yes'],
    ['yes', 'no'],
    ['no', 'no'],
    ['_unknown_', 'no'],
  ];

  it('counts truth by row and prediction by column', () => {
    const confusion = confusionOf(['yes', 'no', '_unknown_'], pairs);
    expect(confusion.counts).toEqual([
      [2, 1, 0],
      [0, 1, 0],
      [0, 1, 0],
    ]);
    expect(scoreOf(confusion, 'yes')).toEqual({ clips: 3, precision: 1, recall: 2 / 3 });
    expect(scoreOf(confusion, 'no')).toEqual({ clips: 1, precision: 1 / 3, recall: 1 });
    expect(scoreOf(confusion, '_unknown_')).toEqual({ clips: 1, precision: null, recall: 0 });
  });

  it('holds every clip once', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(fc.tuple(label, label)), (some) => {
        const confusion = confusionOf(['a', 'b', 'c'], some);
        expect(confusion.counts.flat().reduce((sum, n) => sum + n, 0)).toBe(some.length);
        const scores = confusion.labels.map((name) => scoreOf(confusion, name));
        expect(scores.reduce((sum, { clips }) => sum + clips, 0)).toBe(some.length);
        for (const { precision, recall } of scores) {
          for (const rate of [precision, recall]) expect(rate === null || (rate >= 0 && rate <= 1)).toBe(true);
        }
      }),
    );
  });
});

describe('speakerMean', () => {
  it('counts each speaker once, and clips of nobody not at all', () => {
    const clips = [
      { speaker: 'a', isRight: true },
      { speaker: 'a', isRight: true },
      { speaker: 'a', isRight: false },
      { speaker: 'b', isRight: false },
      { speaker: undefined, isRight: false },
    ];
    expect(speakerMean(clips)).toEqual({ speakers: 2, accuracy: (2 / 3 + 0) / 2 });
    expect(speakerMean([])).toEqual({ speakers: 0, accuracy: null });
  });
});

describe('accuracyInterval', () => {
  const clips = Array.from({ length: 400 }, (_, n) => ({ speaker: `s${n % 20}`, isRight: n % 20 > 2 || n % 3 > 0 }));
  const singles = clips.map(({ isRight }, n) => ({ speaker: `${n}`, isRight }));

  it('is the same for the same seed', () => {
    expect(accuracyInterval(clips, Random.ofEvaluation(5))).toEqual(accuracyInterval(clips, Random.ofEvaluation(5)));
    expect(accuracyInterval(clips, Random.ofEvaluation(6))).not.toEqual(
      accuracyInterval(clips, Random.ofEvaluation(5)),
    );
  });

  it('is wider where the errors belong to few speakers', () => {
    const width = (interval: Interval | null) => (interval ? interval[1] - interval[0] : 0);
    const bySpeaker = width(accuracyInterval(clips, Random.ofEvaluation(1)));
    expect(bySpeaker).toBeGreaterThan(1.2 * width(accuracyInterval(singles, Random.ofEvaluation(1))));
  });

  it('of independent clips is the binomial one', () => {
    const right = singles.filter(({ isRight }) => isRight).length / singles.length;
    const deviation = Math.sqrt((right * (1 - right)) / singles.length);
    const [lower, upper] = accuracyInterval(singles, Random.ofEvaluation(2)) ?? [];
    expect(lower).toBeCloseTo(right - 1.96 * deviation, 2);
    expect(upper).toBeCloseTo(right + 1.96 * deviation, 2);
  });

  it('is not given where nobody says who speaks', () => {
    expect(
      accuracyInterval(
        clips.map(({ isRight }) => ({ speaker: undefined, isRight })),
        Random.ofEvaluation(1),
      ),
    ).toBeNull();
  });

  it('is not given for one speaker', () => {
    const one = clips.filter(({ speaker }) => speaker === 's3');
    expect(accuracyInterval(one, Random.ofEvaluation(1))).toBeNull();
  });
});
