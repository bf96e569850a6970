import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClipRule } from '../../../src/train/evaluate/clip-rule.ts';

const labelOf = (rows: number[][], clipFrames: number): number => {
  const rule = new ClipRule(rows[0].length, clipFrames);
  for (const row of rows) rule.frame(Float32Array.from(row));
  return rule.label();
};

describe('ClipRule', () => {
  it('takes the largest mean over the last frames, not the largest of any frame', () => {
    const rows = [
      [0, 0, 1],
      [0.9, 0.1, 0],
      [0.2, 0.8, 0],
      [0.3, 0.7, 0],
    ];
    expect(labelOf(rows, 2)).toBe(1);
    expect(labelOf(rows, 3)).toBe(1);
    expect(labelOf(rows.slice(0, 2), 2)).toBe(2);
    expect(labelOf(rows.slice(0, 2), 1)).toBe(0);
  });

  it('takes the mean over all frames of a clip that has fewer', () => {
    expect(labelOf([[0.4, 0.6]], 6)).toBe(1);
  });

  it('equals the definition for any posteriors', () => {
    const row = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 9 }),
        (rows, clipFrames) => {
          const sums = [0, 1, 2].map((label) =>
            rows.slice(-clipFrames).reduce((sum, values) => sum + values[label], 0),
          );
          expect(labelOf(rows, clipFrames)).toBe(sums.indexOf(Math.max(...sums)));
        },
      ),
    );
  });

  it('forgets the frames from before a clip began', () => {
    const rule = new ClipRule(2, 6);
    for (let k = 0; k < 9; k++) rule.frame(Float32Array.of(1, 0));
    rule.begin();
    expect(() => rule.label()).toThrow(RangeError);
    rule.frame(Float32Array.of(0.4, 0.6));
    expect(rule.label()).toBe(1);
  });
});
