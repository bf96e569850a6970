import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Kernels, LinearWeights } from '../../src/kernels/kernels.ts';
import { bits, bothKernels, changedBytes, put, putList, take } from '../helpers/kernels.ts';
import { randomSource } from '../helpers/sound.ts';

interface Case {
  rows: number;
  columns: number;
  /** Streams. */
  n: number;
  relu: boolean;
  hasBias: boolean;
  seed: number;
}

/** Sizes that are and are not multiples of the 4 lanes and 16 rows that the kernels take at once. */
const cases: fc.Arbitrary<Case> = fc.record({
  rows: fc.integer({ min: 1, max: 70 }),
  columns: fc.integer({ min: 1, max: 70 }),
  n: fc.integer({ min: 1, max: 9 }),
  relu: fc.boolean(),
  hasBias: fc.boolean(),
  seed: fc.integer(),
});

interface Setup {
  weights: LinearWeights & { values: Float32Array };
  /** One a stream. */
  inputs: Float32Array[];
}

function setupOf({ rows, columns, n, relu, hasBias, seed }: Case): Setup {
  const random = randomSource(seed);
  const floats = (length: number) => Float32Array.from({ length }, () => random() * 10 ** (2 * random()));
  const weights = { rows, columns, values: floats(rows * columns), relu, ...(hasBias && { bias: floats(rows) }) };
  return { weights, inputs: Array.from({ length: n }, () => floats(columns)) };
}

/** Runs `linear` on streams at places of their own; returns one output a stream. */
function run(kernels: Kernels, weights: LinearWeights, inputs: readonly Float32Array[]): Float32Array[] {
  const linear = kernels.linearFrom(weights);
  const list = putList(
    kernels,
    inputs.map((x) => put(kernels, x)),
  );
  const out = kernels.memory.allocate(inputs.length * linear.outputStride);
  kernels.linear(linear, list, inputs.length, out);
  return inputs.map((_, s) => take(kernels, out + s * linear.outputStride, weights.rows));
}

/** The same in float64, and for each row the size of what was added up: Σ |w x| + |b|. */
function product({ rows, columns, values, bias, relu }: Setup['weights'], x: Float32Array) {
  return Array.from({ length: rows }, (_, r) => {
    let sum = bias?.[r] ?? 0;
    let size = Math.abs(sum);
    for (let c = 0; c < columns; c++) {
      sum += values[r * columns + c] * x[c];
      size += Math.abs(values[r * columns + c] * x[c]);
    }
    return { value: relu ? Math.max(0, sum) : sum, size };
  });
}

for (const kernels of await bothKernels()) {
  describe(`linear of the ${kernels.name} kernels`, () => {
    test('equals a float64 matrix product within 1e-5 of the size of what is added up', () => {
      fc.assert(
        fc.property(cases, (one) => {
          const { weights, inputs } = setupOf(one);
          run(kernels, weights, inputs).forEach((y, s) => {
            product(weights, inputs[s]).forEach(({ value, size }, r) => {
              expect(Math.abs(y[r] - value)).toBeLessThanOrEqual(1e-5 * size);
            });
          });
        }),
      );
    });

    test('gives a stream the same bits alone, and at any place among others', () => {
      fc.assert(
        fc.property(cases, fc.integer({ min: 0, max: 8 }), (one, turn) => {
          const { weights, inputs } = setupOf(one);
          const alone = inputs.map((x) => bits(run(kernels, weights, [x])[0]));
          const turned = inputs.map((_, s) => inputs[(s + turn) % inputs.length]);
          run(kernels, weights, turned).forEach((y, s) => {
            expect(bits(y)).toEqual(alone[(s + turn) % inputs.length]);
          });
        }),
      );
    });

    test('never gives less than 0 with ReLU, and what is above 0 is as without', () => {
      fc.assert(
        fc.property(cases, (one) => {
          const { weights, inputs } = setupOf(one);
          const straight = run(kernels, { ...weights, relu: false }, inputs);
          run(kernels, { ...weights, relu: true }, inputs).forEach((y, s) => {
            expect(y).toEqual(straight[s].map((value) => Math.max(0, value)));
          });
        }),
      );
    });

    test('takes the same input for two streams', () => {
      const { weights, inputs } = setupOf({ rows: 19, columns: 7, n: 1, relu: false, hasBias: true, seed: 1 });
      const x = put(kernels, inputs[0]);
      const linear = kernels.linearFrom(weights);
      const out = kernels.memory.allocate(2 * linear.outputStride);
      kernels.linear(linear, putList(kernels, [x, x]), 2, out);
      expect(take(kernels, out, 19)).toEqual(take(kernels, out + linear.outputStride, 19));
    });
  });
}

test('linear changes outputs, rows rounded up to 16 bytes or more apart, but no weights nor what was reserved later', async () => {
  for (const kernels of await bothKernels()) {
    fc.assert(
      fc.property(cases, (one) => {
        const { weights, inputs } = setupOf(one);
        const linear = kernels.linearFrom(weights);
        expect(linear.outputStride).toBeGreaterThanOrEqual(4 * one.rows);
        expect(linear.outputStride % 16).toBe(0);
        const later = kernels.memory.allocate(16);
        const list = putList(
          kernels,
          inputs.map((x) => put(kernels, x)),
        );
        const bytes = one.n * linear.outputStride;
        const out = kernels.memory.allocate(bytes);
        put(kernels, new Float32Array(16).fill(1));
        const changed = changedBytes(kernels, () => kernels.linear(linear, list, one.n, out));
        const isWeight = (address: number) =>
          (address >= linear.weights && address < linear.weights + 4 * one.rows * one.columns) ||
          (address >= linear.bias && address < linear.bias + 4 * one.rows);
        const isOutput = (address: number) => address >= out && address < out + bytes;
        expect(changed.filter((at) => (at >= later && !isOutput(at)) || isWeight(at))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  }
});
