import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HIT_SECONDS, matchDetections, type SpokenWord } from '../../../src/train/evaluate/match.ts';

const YES: SpokenWord = { label: 'yes', start: 1, end: 1.5 };
const NO: SpokenWord = { label: 'no', start: 4, end: 4.5 };
const WHAT: SpokenWord = { label: '_unknown_', start: 7, end: 7.5 };

describe('matchDetections', () => {
  it('takes the right label from the start of a word to 0.75 s after its end', () => {
    const at = (time: number) => matchDetections([YES], [{ label: 'yes', time }]);
    expect(at(1)).toEqual({ delays: [-0.5], falseAccepts: [] });
    expect(at(2.25)).toEqual({ delays: [0.75], falseAccepts: [] });
    const falseAccepts = [{ kind: 'betweenWords', label: 'yes' }];
    expect(at(0.99)).toEqual({ delays: [undefined], falseAccepts });
    expect(at(2.26)).toEqual({ delays: [undefined], falseAccepts });
  });

  it('tells false accepts apart', () => {
    const heard = [
      { label: 'no', time: 1.2 },
      { label: 'yes', time: 1.75 },
      { label: 'yes', time: 2 },
      { label: 'yes', time: 3 },
      { label: 'yes', time: 7.4 },
    ];
    const { delays, falseAccepts } = matchDetections([YES, NO, WHAT], heard);
    expect(delays).toEqual([0.25, undefined, undefined]);
    expect(falseAccepts).toEqual([
      { kind: 'wrongLabel', label: 'no' },
      { kind: 'repeated', label: 'yes' },
      { kind: 'betweenWords', label: 'yes' },
      { kind: 'unknownWord', label: 'yes' },
    ]);
  });

  it('gives the earlier of two words that are near its due', () => {
    const again = { ...YES, start: 2, end: 2.5 };
    const heard = [2.1, 2.2].map((time) => ({ label: 'yes', time }));
    expect(matchDetections([YES, again], heard).delays.map((delay) => delay?.toFixed(2))).toEqual(['0.60', '-0.30']);
  });

  it('makes each detection one thing, and hits only words in reach', () => {
    const label = fc.constantFrom('yes', 'no', '_unknown_');
    const word = fc.record({ label, gap: fc.double({ min: 0.1, max: 2, noNaN: true }) });
    const detection = fc.record({
      label: fc.constantFrom('yes', 'no'),
      time: fc.double({ min: 0, max: 30, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), fc.array(detection, { maxLength: 30 }), (said, heard) => {
        let at = 0;
        const words = said.map(({ label, gap }) => {
          at += gap + 0.5;
          return { label, start: at - 0.5, end: at };
        });
        const { delays, falseAccepts } = matchDetections(
          words,
          heard.toSorted((a, b) => a.time - b.time),
        );
        const hits = delays.filter((delay) => delay !== undefined);
        expect(hits.length + falseAccepts.length).toBe(heard.length);
        for (const delay of hits) expect(delay >= -0.5 - 1e-9 && delay <= HIT_SECONDS + 1e-9).toBe(true);
        expect(delays.filter((_, n) => words[n].label === '_unknown_').every((delay) => delay === undefined)).toBe(
          true,
        );
      }),
    );
  });
});
