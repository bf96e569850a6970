import { expect, it } from 'vitest';
import { backoffMilliseconds } from '../../src/client/backoff.ts';

const attempts = Array.from({ length: 40 }, (_, attempt) => attempt);

it('waits longer and longer, up to five seconds', () => {
  const longest = attempts.map((attempt) => backoffMilliseconds(attempt, () => 1));
  expect(longest.slice(0, 4)).toEqual([100, 200, 400, 800]);
  expect(longest).toEqual([...longest].sort((a, b) => a - b));
  expect(longest.at(-1)).toBe(5000);
});

it('spreads clients over half of the time', () => {
  for (const attempt of attempts) {
    expect(backoffMilliseconds(attempt, () => 0)).toBe(backoffMilliseconds(attempt, () => 1) / 2);
  }
});
