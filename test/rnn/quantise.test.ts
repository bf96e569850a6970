import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../../src/model.ts';
import { dequantise, quantise } from '../../src/rnn/quantise.ts';
import { readSafetensors, type TensorFile, writeSafetensors } from '../../src/rnn/safetensors.ts';
import { worst } from '../helpers/kernels.ts';
import { smallModelBytes, starterModelBytes } from '../helpers/models.ts';
import { decide, posteriorsOf, syntheticClips } from '../helpers/starter.ts';

const CONVOLUTIONS = [{ channels: 6, kernel: 3, stride: 2 }];
const small = () => readSafetensors(smallModelBytes({ cell: 'lstm', convolutions: CONVOLUTIONS }));

const one = (name: string, shape: readonly number[], values: Float32Array): TensorFile => ({
  metadata: {},
  tensors: new Map([[name, { shape, values }]]),
});

/** The same tensors with rows of different sizes, so that no scale can stand for another. */
function unevenRows({ metadata, tensors }: TensorFile): TensorFile {
  const uneven = [...tensors].map(([name, { shape, values }]) => {
    const columns = values.length / shape[0];
    const factor = (i: number) => (/weight/.test(name) ? 0.2 + 0.4 * (Math.floor(i / columns) % 5) : 1);
    return [name, { shape, values: Float32Array.from(values, (w, i) => w * factor(i)) }] as const;
  });
  return { metadata, tensors: new Map(uneven) };
}

describe('quantising', () => {
  test('turns every matrix into 8 bits with one scale a row and leaves everything else alone', () => {
    const before = small();
    const after = quantise(before);
    expect(after.metadata).toEqual(before.metadata);
    for (const [name, { shape, values }] of before.tensors) {
      const quantised = after.tensors.get(name)!;
      if (/weight/.test(name)) {
        expect(quantised.values).toBeInstanceOf(Int8Array);
        expect(quantised.shape).toEqual(shape);
        expect(after.tensors.get(`${name}_scale`)).toMatchObject({ shape: [shape[0]] });
      } else {
        expect(quantised).toEqual({ shape, values });
      }
    }
    const matrices = [...before.tensors.keys()].filter((name) => /weight/.test(name));
    expect(matrices).toHaveLength(1 + 4 + 1);
    expect(after.tensors.size).toBe(before.tensors.size + matrices.length);
  });

  test('moves no weight by more than half its scale, and the largest of a row by next to nothing', () => {
    const weight = fc.float({ min: -4, max: 4, noNaN: true });
    const matrix = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 })).chain(([rows, columns]) =>
      fc.record({
        shape: fc.constant([rows, columns]),
        values: fc.array(weight, { minLength: rows * columns, maxLength: rows * columns }),
      }),
    );
    fc.assert(
      fc.property(matrix, ({ shape, values }) => {
        const { tensors } = quantise(one('dense.weight', shape, Float32Array.from(values)));
        const { values: rounded } = tensors.get('dense.weight')!;
        const { values: scales } = tensors.get('dense.weight_scale')!;
        values.forEach((w, i) => {
          const row = Math.floor(i / shape[1]);
          const largest = Math.max(...values.slice(row * shape[1], (row + 1) * shape[1]).map(Math.abs));
          expect(Math.abs(rounded[i])).toBeLessThanOrEqual(127);
          const half = Math.abs(w) === largest ? 0 : largest / 127 / 2;
          // The scale itself is rounded to a float: the last term is for denormal ones, which have few bits.
          expect(Math.abs(rounded[i] * scales[row] - w)).toBeLessThanOrEqual(half + 1e-6 * largest + 1e-40);
        });
      }),
    );
  });

  test('gives a row of zeros the scale 0', () => {
    const { tensors } = quantise(one('rnn.weight_hh_l0', [2, 2], Float32Array.of(0, -0, 1, -127)));
    expect(tensors.get('rnn.weight_hh_l0')!.values).toEqual(Int8Array.of(0, 0, 1, -127));
    expect(tensors.get('rnn.weight_hh_l0_scale')!.values).toEqual(Float32Array.of(0, 1));
  });

  test('changes nothing the second time', () => {
    const once = quantise(small());
    expect(quantise(once)).toEqual(once);
  });

  test.each([
    ['rnn', true],
    ['gru', true],
    ['gru', false],
    ['lstm', true],
  ] as const)('leaves a %s network that hears as one with the rounded weights in 32 bits', async (cell, linearBeforeReset) => {
    const { samples } = syntheticClips()[0];
    const changes = { cell, linearBeforeReset, convolutions: CONVOLUTIONS };
    const file = quantise(unevenRows(readSafetensors(smallModelBytes(changes))));
    const expected = posteriorsOf(
      await loadModel(writeSafetensors({ ...file, tensors: dequantise(file.tensors) })),
      samples,
    );
    expect(expected).toHaveLength(49);
    for (const kernels of ['plain', 'simd'] as const) {
      const frames = posteriorsOf(await loadModel(writeSafetensors(file), { kernels }), samples);
      expect(Math.max(...frames.map((frame, k) => worst(frame, expected[k])))).toBeLessThanOrEqual(2e-4);
    }
  });
});

describe('the quantised starter model', async () => {
  const float = starterModelBytes();
  const bytes = writeSafetensors(quantise(readSafetensors(float)));
  const clips = syntheticClips();

  test('is little more than a quarter as large', () => {
    expect(bytes.length).toBeLessThan(0.27 * float.length);
  });

  test('has as many parameters', async () => {
    expect((await loadModel(bytes)).parameters).toBe((await loadModel(float)).parameters);
  });

  test('gives posteriors within 1e-4 with both kernels', async () => {
    const plain = await loadModel(bytes, { kernels: 'plain' });
    const simd = await loadModel(bytes, { kernels: 'simd' });
    for (const { samples } of clips) {
      const fast = posteriorsOf(simd, samples);
      posteriorsOf(plain, samples).forEach((frame, k) => {
        expect(worst(frame, fast[k])).toBeLessThanOrEqual(1e-4);
      });
    }
  });

  test('decides as the float model does, its posteriors never more than 0.02 away', async () => {
    const quantised = await loadModel(bytes);
    const original = await loadModel(float);
    for (const { samples, decided } of clips) {
      const expected = posteriorsOf(original, samples);
      const frames = posteriorsOf(quantised, samples);
      expect(decide(quantised.labels, frames)).toBe(decide(original.labels, expected));
      expect(decide(quantised.labels, frames)).toBe(decided);
      const differences = frames.map((frame, k) => worst(frame, expected[k]));
      expect(Math.max(...differences)).toBeLessThanOrEqual(0.02);
    }
  });
});
