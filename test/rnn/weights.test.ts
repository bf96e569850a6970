import { describe, expect, test } from 'vitest';
import { EarshotError } from '../../src/errors.ts';
import type { Tensor } from '../../src/rnn/safetensors.ts';
import { networkWeights } from '../../src/rnn/weights.ts';
import { smallNetworkParts } from './parts.ts';

const CONVOLUTIONS = [
  { channels: 6, kernel: 3, stride: 2 },
  { channels: 4, kernel: 1, stride: 1 },
];
const { config, tensors } = smallNetworkParts({ cell: 'gru', layers: 2, convolutions: CONVOLUTIONS });
const names = [...tensors.keys()];

const floats = (tensor: Tensor): Float32Array => Float32Array.from(tensor.values);

/** The error for the tensors with one of them replaced or, without `change`, taken away. */
function errorOf(name: string, change?: (tensor: Tensor) => Tensor): EarshotError {
  const changed = new Map(tensors);
  if (change) changed.set(name, change(tensors.get(name)!));
  else changed.delete(name);
  try {
    networkWeights(config, changed);
  } catch (error) {
    if (error instanceof EarshotError) return error;
    throw error;
  }
  throw new Error(`${name}: expected an error`);
}

describe('the weights of a network', () => {
  test('are all of its tensors, whatever their order', () => {
    expect(names).toHaveLength(2 + 4 + 8 + 2);
    expect(networkWeights(config, new Map([...tensors].reverse()))).toEqual(networkWeights(config, tensors));
  });

  test.each(names)('are refused when %s is missing', (name) => {
    const error = errorOf(name);
    expect(error.code).toBe('EARSHOT_MODEL_DAMAGED');
    expect(error.message).toContain(name.endsWith('weight_ih_l0') ? 'weight_ih_l0' : name);
  });

  test.each(names)('are refused when %s has another shape, even with as many values', (name) => {
    const shapes = (shape: readonly number[]) => [
      [...shape, 1],
      [1, ...shape],
      shape.slice(1),
      [shape[0] + 1, ...shape.slice(1)],
    ];
    for (const shape of shapes(tensors.get(name)!.shape)) {
      const length = shape.reduce((a, b) => a * b, 1);
      const error = errorOf(name, () => ({ shape, values: new Float32Array(length).fill(0.1) }));
      expect(error.code).toBe('EARSHOT_MODEL_DAMAGED');
      expect(error.message).toContain(`${name} to have shape [${tensors.get(name)!.shape}], got [${shape}]`);
    }
  });

  test.each(names)('are refused when %s holds NaN, an infinity or a number no training gives', (name) => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e7]) {
      const error = errorOf(name, (tensor) => {
        const values = floats(tensor);
        values[values.length - 1] = bad;
        return { ...tensor, values };
      });
      expect(error.code).toBe('EARSHOT_MODEL_DAMAGED');
      expect(error.message).toContain(name);
    }
  });

  test.each(names.filter((name) => name.includes('weight')))('are refused when %s has 8 bits and no scales', (name) => {
    const error = errorOf(name, ({ shape, values }) => ({ shape, values: Int8Array.from(values) }));
    expect(error.code).toBe('EARSHOT_MODEL_DAMAGED');
    expect(error.message).toContain(`${name}_scale`);
  });

  test.each(names.filter((name) => !name.includes('weight')))('are refused when %s has 8 bits', (name) => {
    const error = errorOf(name, ({ shape, values }) => ({ shape, values: Int8Array.from(values) }));
    expect(error.code).toBe('EARSHOT_MODEL_DAMAGED');
    expect(error.message).toContain(name);
  });

  test('are refused when a feature never varied', () => {
    for (const bad of [0, -1, 1e-9]) {
      const error = errorOf('feature_std', ({ shape, values }) => ({
        shape,
        values: Float32Array.from(values).fill(bad),
      }));
      expect(error.code).toBe('EARSHOT_MODEL_DAMAGED');
      expect(error.message).toContain('feature_std');
    }
  });

  test.each(['', 'gru.', 'rnn.', 'encoder.layers.0.'])('may stand under the prefix "%s"', (prefix) => {
    const renamed = [...tensors].map(([name, tensor]) => [name.replace(/^rnn\./, prefix), tensor] as const);
    expect(networkWeights(config, new Map(renamed))).toEqual(networkWeights(config, tensors));
  });

  test('of a convolution are turned from [out, in, kernel] to rows of inputs, the oldest first', () => {
    const { convolutions } = networkWeights(config, tensors);
    const { values, shape } = tensors.get('conv.0.weight')!;
    const [channels, inputs, kernel] = shape;
    const { rows, columns, values: rowsOfInputs } = convolutions[0];
    expect([rows, columns]).toEqual([channels, kernel * inputs]);
    expect(rowsOfInputs[2 * columns + 1 * inputs + 5]).toBe(values[(2 * inputs + 5) * kernel + 1]);
    expect(convolutions.every(({ relu }) => relu)).toBe(true);
  });
});
