import { describe, expect, test } from 'vitest';
import { initialState, Optimiser } from '../../src/train/optimiser.ts';
import { findParameter, hiddenMatrices, initialParameters, parameterPlan } from '../../src/train/parameters.ts';
import { worst } from '../helpers/kernels.ts';
import { bench, numbers, smallConfig } from './helpers.ts';

const OPTIONS = { weightDecay: 0.02, clipNorm: 2, averaging: 0.9 };
const config = smallConfig();
const plan = parameterPlan(config);

async function optimiser() {
  const b = await bench();
  const made = new Optimiser(b.kernels, b.memory, plan, hiddenMatrices(config), OPTIONS);
  made.state = initialState(initialParameters(config, 1));
  return made;
}

const step = (one: Optimiser, seed: number, size = 1) => {
  one.gradientView.set(numbers(plan.floats, seed, size));
  return one.step(0.01);
};

describe('the optimiser', () => {
  test('tells the length of the gradient, and clips it', async () => {
    const one = await optimiser();
    const norm = step(one, 1, 10);
    expect(norm).toBeCloseTo(Math.hypot(...numbers(plan.floats, 1, 10)), 2);
    expect(Math.hypot(...one.gradientView)).toBeCloseTo(OPTIONS.clipNorm, 4);
  });

  test('leaves short gradients as they are', async () => {
    const one = await optimiser();
    const gradient = numbers(plan.floats, 1, 0.001);
    step(one, 1, 0.001);
    expect(one.gradientView).toEqual(gradient);
  });

  test('goes on from a saved state to the same bits', async () => {
    const first = await optimiser();
    step(first, 1);
    const second = await optimiser();
    second.state = first.state;
    for (const one of [first, second]) step(one, 2);
    expect(second.state).toEqual(first.state);
  });

  test('shrinks weights towards 0 where there is no gradient, and leaves biases', async () => {
    const one = await optimiser();
    const before = one.state.weights;
    one.gradientView.fill(0);
    one.step(0.5);
    const after = one.state.weights;
    const part = (name: string) => {
      const { offset, length } = findParameter(plan, name);
      return { before: before.subarray(offset, offset + length), after: after.subarray(offset, offset + length) };
    };
    const weight = part('rnn.weight_hh_l1');
    expect(
      worst(
        weight.after,
        weight.before.map((w) => w * (1 - 0.5 * 0.02)),
      ),
    ).toBeLessThan(1e-7);
    const bias = part('rnn.bias_ih_l0');
    expect(bias.after).toEqual(bias.before);
  });

  test('its average forgets the first weights soon and then follows with its own share', async () => {
    const one = await optimiser();
    let expected = Float64Array.from(one.state.weights);
    for (let t = 1; t <= 100; t++) {
      step(one, t);
      const keep = Math.min(0.9, (1 + t) / (10 + t));
      const { weights } = one.state;
      expected = expected.map((mean, i) => keep * mean + (1 - keep) * weights[i]);
    }
    expect(worst(one.state.average, expected)).toBeLessThan(1e-5);
  });
});
