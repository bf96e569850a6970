import { describe, expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config.ts';
import { gradientReach } from '../../src/train/gradient-reach.ts';
import { findParameter, initialParameters, parameterPlan } from '../../src/train/parameters.ts';
import { numbers, smallConfig } from './helpers.ts';

const FRAMES = 40;
const ROWS = 3;

async function reachOf(
  changes: Partial<ModelConfig>,
  edit: (set: (name: string, values: (i: number) => number) => void) => void,
) {
  const config = smallConfig({ layers: 1, ...changes });
  const plan = parameterPlan(config);
  const parameters = initialParameters(config, 1);
  edit((name, values) => {
    const { offset, length } = findParameter(plan, name);
    for (let i = 0; i < length; i++) parameters[offset + i] = values(i);
  });
  const statistics = {
    mean: new Float32Array(config.coefficients),
    deviation: new Float32Array(config.coefficients).fill(1),
  };
  const features = numbers(FRAMES * ROWS * config.coefficients, 5);
  return gradientReach({ config, parameters, statistics, features, rows: ROWS });
}

describe('the reach of the gradient', () => {
  test('begins at 1, and covers every step of every layer', async () => {
    const { layers, stepSeconds } = await reachOf({ layers: 2 }, () => {});
    expect(layers.map((layer) => layer.length)).toEqual([FRAMES, FRAMES]);
    for (const layer of layers) expect(layer[0]).toBe(1);
    expect(stepSeconds).toBeCloseTo(0.02, 9);
  });

  test('of an Elman layer whose U is 0 ends at once', async () => {
    const { layers } = await reachOf({ cell: 'rnn' }, (set) => set('rnn.weight_hh_l0', () => 0));
    expect([...layers[0]].slice(1).every((norm) => norm === 0)).toBe(true);
  });

  test('of an Elman layer with a small U vanishes at the rate of U', async () => {
    const hidden = 12;
    const { layers } = await reachOf({ cell: 'rnn' }, (set) => {
      set('rnn.weight_hh_l0', (i) => (Math.floor(i / hidden) === i % hidden ? 0.5 : 0));
      set('rnn.weight_ih_l0', () => 0);
      set('rnn.bias_ih_l0', () => 0);
      set('rnn.bias_hh_l0', () => 0);
    });
    for (let n = 0; n < FRAMES; n++) expect(layers[0][n] / 0.5 ** n).toBeCloseTo(1, 3);
  });

  test('of a GRU that keeps its state stays, of one that renews it vanishes', async () => {
    const updateBias = (value: number) => (set: (name: string, values: (i: number) => number) => void) =>
      set('rnn.bias_ih_l0', (i) => (i >= 12 && i < 24 ? value : 0));
    const keeping = await reachOf({ cell: 'gru' }, updateBias(8));
    const renewing = await reachOf({ cell: 'gru' }, updateBias(-8));
    expect(keeping.layers[0][FRAMES - 1]).toBeGreaterThan(0.9);
    expect(renewing.layers[0][FRAMES - 1]).toBeLessThan(1e-3);
  });
});
