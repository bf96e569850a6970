import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Orthogonaliser } from '../../src/train/orthogonaliser.ts';
import { bench, numbers, put, take } from './helpers.ts';

interface Size {
  rows: number;
  columns: number;
}

async function orthogonal({ rows, columns }: Size, values: Float32Array): Promise<Float32Array> {
  const b = await bench();
  const matrix = { offset: 0, rows, columns };
  const address = put(b, values);
  new Orthogonaliser(b.kernels, b.memory, [matrix]).run(address, matrix);
  return take(b, address, values.length);
}

/** X Yᵀ of matrices whose rows are the shorter side, or Xᵀ Y. */
function shortProduct({ rows, columns }: Size, x: Float32Array, y: Float32Array): number[][] {
  const [short, long, step, stride] = rows <= columns ? [rows, columns, columns, 1] : [columns, rows, 1, columns];
  const dot = (i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k < long; k++) sum += x[i * step + k * stride] * y[j * step + k * stride];
    return sum;
  };
  return Array.from({ length: short }, (_, i) => Array.from({ length: short }, (_, j) => dot(i, j)));
}

const sizes: fc.Arbitrary<Size> = fc.record({
  rows: fc.integer({ min: 1, max: 10 }).map((n) => 4 * n),
  columns: fc.integer({ min: 1, max: 50 }),
});

describe('an orthogonalised matrix', () => {
  test('has the singular vectors of the matrix, whatever its shape', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer(), async (size, seed) => {
        const x = numbers(size.rows * size.columns, seed);
        // X = U S Vᵀ and O = U F Vᵀ make X Oᵀ = U S F Uᵀ, which is symmetric.
        const product = shortProduct(size, x, await orthogonal(size, x));
        for (const [i, row] of product.entries()) {
          for (const [j, value] of row.entries()) expect(value).toBeCloseTo(product[j][i], 3);
        }
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    { rows: 12, columns: 40 },
    { rows: 40, columns: 12 },
    { rows: 8, columns: 30 },
  ])('turns vectors and hardly stretches them: %o', async (size) => {
    const o = await orthogonal(size, numbers(size.rows * size.columns, 1));
    const gram = shortProduct(size, o, o);
    for (let n = 0; n < 100; n++) {
      const v = numbers(gram.length, n + 2);
      const squared = gram.flatMap((row, i) => row.map((value, j) => value * v[i] * v[j])).reduce((a, b) => a + b);
      const stretch = Math.sqrt(squared) / Math.hypot(...v);
      expect(stretch).toBeGreaterThan(0.65);
      expect(stretch).toBeLessThan(1.25);
    }
  });

  test('is the same for any multiple of the matrix, and 0 for 0', async () => {
    const size = { rows: 8, columns: 20 };
    const x = numbers(160, 3);
    const [one, other] = [
      await orthogonal(size, x),
      await orthogonal(
        size,
        x.map((value) => 1024 * value),
      ),
    ];
    for (const [i, value] of other.entries()) expect(value).toBeCloseTo(one[i], 4);
    expect(await orthogonal(size, new Float32Array(160))).toEqual(new Float32Array(160));
  });
});
