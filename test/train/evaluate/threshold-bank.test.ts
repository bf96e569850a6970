import { describe, expect, it } from 'vitest';
import { THRESHOLDS, ThresholdBank } from '../../../src/train/evaluate/threshold-bank.ts';
import { smallModel } from '../../helpers/models.ts';
import { babble } from '../../helpers/sound.ts';

describe('ThresholdBank', () => {
  it('detects at each threshold what a spotter with that threshold detects', async () => {
    const thresholds = [0.2, 0.3, 0.35, 0.4];
    const model = await smallModel(
      { decision: { smoothingFrames: 3, refractoryFrames: 5, thresholds: { yes: 0.9 } } },
      undefined,
      10,
    );
    const sound = babble(8000 * 20, 8000);
    const bank = new ThresholdBank(model.config, thresholds);
    const found: [number, number][][] = thresholds.map(() => []);
    model.spotter().push(sound, {
      frame: (k, posteriors) => bank.step(k, posteriors, (n, label, frame) => found[n].push([label, frame])),
      detection() {},
    });
    thresholds.forEach((threshold, n) => {
      const expected: [number, number][] = [];
      model.spotter({ decision: { threshold, thresholds: {} } }).push(sound, {
        frame() {},
        detection: (label, _score, _start, frame) => expected.push([label, frame]),
      });
      expect(found[n]).toEqual(expected);
    });
    expect(found[0].length).toBeGreaterThan(found[3].length);
  });

  it('has thresholds that rise from 0.1 to 1', () => {
    expect(THRESHOLDS[0]).toBe(0.1);
    expect(THRESHOLDS.at(-1)).toBe(1);
    expect(THRESHOLDS.toSorted((a, b) => a - b)).toEqual(THRESHOLDS);
    expect(new Set(THRESHOLDS).size).toBe(THRESHOLDS.length);
  });
});
