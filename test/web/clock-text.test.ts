import { expect, it } from 'vitest';
import { clockText } from '../../web/clock-text.ts';

it.each([
  [0, '0:00.0'],
  [0.3, '0:00.3'],
  [9.96, '0:09.9'],
  [59.99, '0:59.9'],
  [60, '1:00.0'],
  [3725.1, '62:05.1'],
])('writes %d seconds as %s', (seconds, text) => {
  expect(clockText(seconds)).toBe(text);
});
