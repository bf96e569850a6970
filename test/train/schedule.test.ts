import { describe, expect, test } from 'vitest';
import { learningRate, ownShareAt } from '../../src/train/schedule.ts';

describe('the learning rate', () => {
  const schedule = { peak: 3e-3, warmUp: 0.12 };
  const rates = Array.from({ length: 1001 }, (_, step) => learningRate(schedule, step, 1000));

  test('starts low, peaks after the warm-up and ends at almost nothing', () => {
    expect(rates[0]).toBeCloseTo(3e-3 / 25, 10);
    expect(rates.indexOf(Math.max(...rates))).toBe(120);
    expect(rates[120]).toBeCloseTo(3e-3, 10);
    expect(rates[1000]).toBeLessThan(1e-7);
  });

  test('rises before the peak and falls after it', () => {
    for (let i = 1; i <= 1000; i++) expect(Math.sign(rates[i] - rates[i - 1])).toBe(i <= 120 ? 1 : -1);
  });
});

test('the share of own beliefs is nothing up to the middle of a run, then grows evenly to its largest', () => {
  const shares = Array.from({ length: 10 }, (_, epoch) => ownShareAt(0.5, epoch, 10));
  expect(shares.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  expect(ownShareAt(0.5, 0, 1)).toBe(0);
  for (let n = 0; n < 5; n++) expect(shares[5 + n]).toBeCloseTo(0.1 * (n + 1), 10);
});
