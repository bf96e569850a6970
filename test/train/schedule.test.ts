import { describe, expect, test } from 'vitest';
import { learningRate } from '../../src/train/schedule.ts';

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
