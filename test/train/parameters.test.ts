import { expect, test } from 'vitest';
import { hiddenMatrices, parameterPlan } from '../../src/train/parameters.ts';
import { smallConfig } from './helpers.ts';

const convolutions = [{ channels: 8, kernel: 3, stride: 1 }];

test.each([
  'gru',
  'lstm',
  'rnn',
] as const)('the hidden matrices of a %s are its weights but the last, each once', (cell) => {
  const config = smallConfig({ cell, convolutions });
  const covered = new Map<number, number>();
  for (const { offset, rows, columns } of hiddenMatrices(config)) {
    for (let i = offset; i < offset + rows * columns; i++) covered.set(i, (covered.get(i) ?? 0) + 1);
  }
  const expected = parameterPlan(config)
    .parameters.filter(({ name }) => /^(conv|rnn)\..*weight/.test(name))
    .flatMap(({ offset, length }) => Array.from({ length }, (_, i) => offset + i));
  expect([...covered.keys()].sort((a, b) => a - b)).toEqual(expected);
  expect(new Set(covered.values())).toEqual(new Set([1]));
});

test('a hidden matrix turns hidden units, or what a convolution sees, into the units of one gate', () => {
  const sizes = hiddenMatrices(smallConfig({ convolutions })).map(({ rows, columns }) => `${rows}x${columns}`);
  const gates = (size: string) => [size, size, size];
  expect(sizes).toEqual(['8x30', ...gates('12x8'), ...gates('12x12'), ...gates('12x12'), ...gates('12x12')]);
});
