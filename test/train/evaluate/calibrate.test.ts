import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/model.ts';
import { calibrate, withThresholds } from '../../../src/train/evaluate/calibrate.ts';
import type { DetPoint, LabelCounts } from '../../../src/train/evaluate/det.ts';
import type { Evaluation } from '../../../src/train/evaluate/evaluation.ts';
import { smallModelBytes } from '../../helpers/models.ts';

const THRESHOLDS = [0.2, 0.5, 0.8, 1];
const HOURS = 2;
const KEYWORDS = 40;

/** As much of an evaluation as calibration reads. @param counts of each label, at each threshold */
function evaluationOf(counts: Record<string, LabelCounts[]>): Evaluation {
  const labels = Object.keys(counts);
  const det = THRESHOLDS.map(
    (threshold, n) =>
      ({ threshold, perLabel: Object.fromEntries(labels.map((label) => [label, counts[label][n]])) }) as DetPoint,
  );
  const perLabel = Object.fromEntries(labels.map((label) => [label, { clips: 10 }]));
  return {
    det,
    words: { keywords: KEYWORDS },
    negatives: { hours: HOURS, perLabel },
    perLabel,
  } as unknown as Evaluation;
}

describe('calibrate', () => {
  it('spends the accepts where they save the most misses', () => {
    const yes = [0, 2, 8, 20].map((misses, n) => ({ misses, wrong: 0, accepts: [9, 4, 1, 0][n] }));
    const no = [0, 1, 2, 20].map((misses, n) => ({ misses, wrong: 0, accepts: [9, 5, 3, 0][n] }));
    const { thresholds, ...cost } = calibrate(evaluationOf({ yes, no }), 2.2);
    expect(thresholds).toEqual({ yes: 0.8, no: 0.8 });
    expect(cost).toEqual({ targetFalseAcceptsPerHour: 2.2, falseAcceptsPerHour: 2, falseRejectRate: 10 / KEYWORDS });
  });

  it('does not miss fewer words by taking more of others for them', () => {
    const up = [5, 6, 9, 20].map((misses, n) => ({ misses, wrong: [30, 8, 4, 0][n], accepts: 0 }));
    const { thresholds, falseRejectRate } = calibrate(evaluationOf({ up }), 0);
    expect(thresholds).toEqual({ up: 0.8 });
    expect(falseRejectRate).toBe(9 / KEYWORDS);
  });

  it('takes the highest of thresholds that cost the same', () => {
    const same = THRESHOLDS.map(() => ({ misses: 3, wrong: 0, accepts: 0 }));
    expect(calibrate(evaluationOf({ yes: same }), 0).thresholds).toEqual({ yes: 1 });
  });

  it('refuses to choose for a word of which there are no recordings', () => {
    const same = THRESHOLDS.map(() => ({ misses: 3, wrong: 0, accepts: 0 }));
    const evaluation = evaluationOf({ yes: same, no: same, up: same });
    Object.assign(evaluation.perLabel.no, { clips: 0 });
    expect(() => calibrate(evaluation, 1)).toThrow(/there are none of no$/);
  });

  it('is never beaten by any other choice of thresholds', () => {
    const one = fc.record({ misses: fc.nat(20), wrong: fc.nat(20), accepts: fc.nat(9) });
    const counts = fc.array(one, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(counts, counts, counts, fc.nat(12), (a, b, c, target) => {
        const allowed = a
          .flatMap((x) => b.flatMap((y) => c.map((z) => [x, y, z])))
          .filter((choice) => choice.reduce((sum, { accepts }) => sum + accepts, 0) <= target * HOURS);
        const evaluation = evaluationOf({ a, b, c });
        if (allowed.length === 0) {
          expect(() => calibrate(evaluation, target)).toThrow(
            expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT' }),
          );
          return;
        }
        const errors = (choice: LabelCounts[]) => choice.reduce((sum, { misses, wrong }) => sum + misses + wrong, 0);
        const found = calibrate(evaluation, target);
        const chosen = Object.entries({ a, b, c }).map(
          ([label, counts]) => counts[THRESHOLDS.indexOf(found.thresholds[label])],
        );
        expect(errors(chosen)).toBe(Math.min(...allowed.map(errors)));
        expect(found.falseAcceptsPerHour).toBeLessThanOrEqual(target);
        expect(found.falseRejectRate).toBe(chosen.reduce((sum, { misses }) => sum + misses, 0) / KEYWORDS);
      }),
    );
  });
});

describe('withThresholds', () => {
  it('changes the thresholds of a model and nothing else', async () => {
    const bytes = smallModelBytes();
    const before = await loadModel(bytes);
    const after = await loadModel(withThresholds(bytes, { yes: 0.25, no: 0.75 }));
    expect(after.config).toEqual({
      ...before.config,
      decision: { ...before.config.decision, thresholds: { yes: 0.25, no: 0.75 } },
    });
    const sound = new Float32Array(4000).fill(0.1);
    const posteriors = (model: typeof before) =>
      model
        .spotter()
        .push(sound)
        .filter(({ type }) => type === 'frame');
    expect(posteriors(after)).toEqual(posteriors(before));
  });
});
