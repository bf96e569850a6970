import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { packedFloats } from '../../../src/train/kernels/kernels.ts';
import { worst } from '../../helpers/kernels.ts';
import { type Bench, bench, FUSED, numbers, put, take } from '../helpers.ts';

let b: Bench;
beforeAll(async () => {
  b = await bench();
});

/** Row and column strides, in floats, of an m x n matrix that lies row by row or column by column. */
const strides = (rows: number, columns: number, transposed: boolean) => (transposed ? [1, rows] : [columns, 1]);

function plainProduct(
  a: Float32Array,
  [ar, ac]: number[],
  bm: Float32Array,
  [br, bc]: number[],
  c: Float32Array,
  m: number,
  n: number,
  k: number,
): Float64Array {
  const out = Float64Array.from(c);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) for (let l = 0; l < k; l++) out[i * n + j] += a[i * ar + l * ac] * bm[l * br + j * bc];
  return out;
}

describe.each(FUSED)('the matrix product, fused multiply-adds: %s', (isFused) => {
  let b: Bench;
  beforeAll(async () => {
    b = await bench(isFused);
  });
  const size = fc.integer({ min: 1, max: 40 });

  test('equals the plain sum for all sizes and orders, from C or from one row, and touches nothing beyond C', () => {
    fc.assert(
      fc.property(
        size,
        size,
        size,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.nat(),
        (m, n, k, ta, tb, adds, seed) => {
          const [x, y] = [numbers(m * k, seed), numbers(k * n, seed + 1)];
          const [c, row] = [numbers(m * n, seed + 2), numbers(n, seed + 3)];
          const sa = strides(m, k, ta);
          const sb = strides(k, n, tb);
          const packed = b.memory.floats(packedFloats(k, n));
          const out = put(b, [...c, 77, 78, 79, 80]);
          b.kernels.pack(put(b, y), sb[0] * 4, sb[1] * 4, k, n, packed);
          const [start, startStride] = adds ? [out, n * 4] : [put(b, row), 0];
          b.kernels.multiply(put(b, x), sa[0] * 4, sa[1] * 4, packed, out, n * 4, m, n, k, start, startStride);
          const expected = plainProduct(x, sa, y, sb, adds ? c : c.map((_, i) => row[i % n]), m, n, k);
          expect(worst(take(b, out, m * n), expected)).toBeLessThan(1e-5 * Math.max(1, k / 4));
          expect([...take(b, out + m * n * 4, 4)]).toEqual([77, 78, 79, 80]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    [131, 9, 1000],
    [260, 17, 385],
  ])('equals it beyond one block: %i x %i x %i', (m, n, k) => {
    const [x, y] = [numbers(m * k, 1), numbers(k * n, 2)];
    const packed = b.memory.floats(packedFloats(k, n));
    const out = b.memory.floats(m * n);
    b.kernels.pack(put(b, y), n * 4, 4, k, n, packed);
    b.kernels.multiply(put(b, x), k * 4, 4, packed, out, n * 4, m, n, k, b.memory.floats(n), 0);
    const expected = plainProduct(x, [k, 1], y, [n, 1], new Float32Array(m * n), m, n, k);
    expect(worst(take(b, out, m * n), expected)).toBeLessThan(1e-4);
  });
});

describe('unfold and fold', () => {
  test('are transposes of each other: <unfold(x), y> = <x, fold(y)>', () => {
    const small = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(small, small, small, small, small, fc.nat(), (steps, rows, kernel, stride, n, seed) => {
        const x = numbers(((steps - 1) * stride + kernel) * rows * n, seed);
        const y = numbers(steps * rows * kernel * n, seed + 1);
        const columns = b.memory.floats(y.length);
        const inputs = b.memory.floats(x.length);
        b.kernels.unfold(put(b, x), columns, steps, rows, kernel, stride, n);
        b.kernels.fold(inputs, put(b, y), steps, rows, kernel, stride, n);
        const dot = (p: Float32Array, q: Float32Array) => p.reduce((sum, value, i) => sum + value * q[i], 0);
        expect(dot(take(b, columns, y.length), y)).toBeCloseTo(dot(x, take(b, inputs, x.length)), 4);
      }),
    );
  });
});

describe('dropout', () => {
  test('drops the given share, scales the rest so that the mean stays, and does the same to the gradient', () => {
    const n = 100_000;
    const [x, gradient] = [put(b, new Float32Array(n).fill(1)), put(b, new Float32Array(n).fill(2))];
    for (const address of [x, gradient]) b.kernels.dropout(address, n, 1234, Math.round(0.15 * 2 ** 32), 1 / 0.85);
    const kept = take(b, x, n);
    expect(kept.filter((value) => value === 0).length / n).toBeCloseTo(0.15, 2);
    expect(kept.reduce((sum, value) => sum + value, 0) / n).toBeCloseTo(1, 2);
    expect(take(b, gradient, n)).toEqual(kept.map((value) => 2 * value));
  });
});

describe('AdamW', () => {
  test('equals the formulas of its paper over several steps, with decay only where it is asked for', () => {
    const n = 8;
    const start = numbers(n, 5);
    const gradients = [numbers(n, 6), numbers(n, 7), numbers(n, 8)];
    const decay = [0, 0, 0, 0, 0.02, 0.02, 0.02, 0.02];
    const [weights, first, second] = [put(b, start), b.memory.floats(n), b.memory.floats(n)];
    const decays = put(b, decay);
    const [expected, m, v] = [Float64Array.from(start), new Float64Array(n), new Float64Array(n)];
    gradients.forEach((gradient, step) => {
      const [c1, c2] = [1 - 0.9 ** (step + 1), 1 - 0.999 ** (step + 1)];
      b.kernels.adamw(
        weights,
        put(b, gradient),
        first,
        second,
        n,
        0.9,
        0.999,
        0.01 / c1,
        1 / Math.sqrt(c2),
        1e-8,
        decays,
        0.01,
      );
      for (let i = 0; i < n; i++) {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i];
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] ** 2;
        expected[i] -= 0.01 * decay[i] * expected[i] + (0.01 * (m[i] / c1)) / (Math.sqrt(v[i] / c2) + 1e-8);
      }
    });
    expect(worst(take(b, weights, n), expected)).toBeLessThan(1e-6);
  });
});
