import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activationMax, type Kernels, type Linear, type LinearWeights } from '../../src/kernels/kernels.ts';
import { plainKernels } from '../../src/kernels/plain.ts';
import { bits, bothKernels, changedBytes, put, putList, simdOrThrow, take } from '../helpers/kernels.ts';
import { randomSource } from '../helpers/sound.ts';

interface Weights8 extends LinearWeights {
  values: Int8Array;
  scales: Float32Array;
  bias: Float32Array;
}

const cases = fc.record({
  rows: fc.integer({ min: 1, max: 70 }),
  columns: fc.integer({ min: 1, max: 70 }),
  n: fc.integer({ min: 1, max: 9 }),
  relu: fc.boolean(),
  seed: fc.integer(),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function setupOf({ rows, columns, n, relu, seed }: Case): { weights: Weights8; inputs: Float32Array[] } {
  const random = randomSource(seed);
  const floats = (length: number, level: number) => Float32Array.from({ length }, () => level * random());
  const values = Int8Array.from({ length: rows * columns }, () => Math.round(127 * random()));
  const scales = floats(rows, 0.01).map(Math.abs);
  const inputs = Array.from({ length: n }, () => floats(columns, 10 ** (3 * random())));
  return { weights: { rows, columns, values, scales, bias: floats(rows, 1), relu }, inputs };
}

function runPacked(kernels: Kernels, linear: Linear, inputs: readonly Float32Array[]): Float32Array[] {
  const list = putList(
    kernels,
    inputs.map((x) => put(kernels, x)),
  );
  const out = kernels.memory.allocate(inputs.length * linear.outputStride);
  kernels.linear(linear, list, inputs.length, out);
  return inputs.map((_, s) => take(kernels, out + s * linear.outputStride, linear.rows));
}

const run = (kernels: Kernels, weights: Weights8, inputs: readonly Float32Array[]): Float32Array[] =>
  runPacked(kernels, kernels.linearFrom(weights), inputs);

/** Half to even. */
function round(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

/** What the kernels are to compute, in integers that cannot overflow, and the size of what is added up. */
function reference({ rows, columns, values, scales, bias, relu }: Weights8, x: Float32Array) {
  const largest = Math.max(...x.map(Math.abs));
  const most = activationMax(columns);
  const scale = Math.fround(most / largest);
  const rounded = Array.from(x, (value) => (largest === 0 ? 0n : BigInt(round(Math.fround(value * scale)))));
  return Array.from({ length: rows }, (_, r) => {
    let sum = 0n;
    let size = 0n;
    for (let c = 0; c < columns; c++) {
      const term = BigInt(values[r * columns + c]) * rounded[c];
      sum += term;
      size += term < 0n ? -term : term;
    }
    const unit = (largest / most) * scales[r];
    const value = bias[r] + Number(sum) * unit;
    return {
      sum,
      value: relu ? Math.max(0, value) : value,
      size: Math.abs(bias[r]) + Number(size) * unit,
    };
  });
}

for (const kernels of await bothKernels()) {
  describe(`linear with 8-bit weights of the ${kernels.name} kernels`, () => {
    test('equals integer arithmetic within 1e-6 of the size of what is added up', () => {
      fc.assert(
        fc.property(cases, (one) => {
          const { weights, inputs } = setupOf(one);
          run(kernels, weights, inputs).forEach((y, s) => {
            reference(weights, inputs[s]).forEach(({ value, size }, r) => {
              expect(Math.abs(y[r] - value)).toBeLessThanOrEqual(1e-6 * size);
            });
          });
        }),
      );
    });

    test('is as near to the exact product as rounding the inputs to 16 bits allows', () => {
      fc.assert(
        fc.property(cases, (one) => {
          const { weights, inputs } = setupOf({ ...one, relu: false });
          const { rows, columns, values, scales, bias } = weights;
          run(kernels, weights, inputs).forEach((y, s) => {
            const x = inputs[s];
            const halfStep = Math.max(...x.map(Math.abs)) / 32767 / 2;
            for (let r = 0; r < rows; r++) {
              let exact = bias[r];
              let allowed = Math.abs(bias[r]) * 1e-6;
              for (let c = 0; c < columns; c++) {
                const w = values[r * columns + c] * scales[r];
                exact += w * x[c];
                allowed += Math.abs(w) * (halfStep * 1.001 + Math.abs(x[c]) * 1e-6);
              }
              expect(Math.abs(y[r] - exact)).toBeLessThanOrEqual(allowed);
            }
          });
        }),
      );
    });

    test('gives a stream the same bits alone, and at any place among others', () => {
      fc.assert(
        fc.property(cases, (one) => {
          const { weights, inputs } = setupOf(one);
          const alone = inputs.map((x) => bits(run(kernels, weights, [x])[0]));
          const reversed = run(kernels, weights, inputs.toReversed()).reverse();
          reversed.forEach((y, s) => {
            expect(bits(y)).toEqual(alone[s]);
          });
        }),
      );
    });

    test('gives exactly the bias for an input of zeros, at every number of columns, time after time', async () => {
      for (let columns = 1; columns <= 70; columns++) {
        // Fresh ones, because memory that an earlier call reserved could hide a write beyond the end.
        const fresh = (await bothKernels()).find(({ name }) => name === kernels.name)!;
        const { weights, inputs } = setupOf({ rows: 20, columns, n: 1, relu: false, seed: columns });
        const zeros = new Float32Array(columns);
        const linear = fresh.linearFrom(weights);
        const before = runPacked(fresh, linear, inputs);
        expect(runPacked(fresh, linear, [zeros])).toEqual([weights.bias]);
        expect(runPacked(fresh, linear, [zeros])).toEqual([weights.bias]);
        expect(runPacked(fresh, linear, inputs)).toEqual(before);
      }
    });

    test('gives the bias for inputs so small that their reciprocal overflows', () => {
      const { weights } = setupOf({ rows: 20, columns: 9, n: 1, relu: false, seed: 1 });
      for (const tiny of [1e-45, 1e-40, 1e-36, 9e-35]) {
        const x = Float32Array.from({ length: 9 }, (_, c) => (c % 3 === 0 ? 0 : tiny));
        expect(run(kernels, weights, [x])).toEqual([weights.bias]);
      }
    });

    test('takes inputs as large and as small as floats that matter', () => {
      const { weights, inputs } = setupOf({ rows: 20, columns: 9, n: 1, relu: false, seed: 1 });
      for (const level of [1e-25, 1e-10, 1e10, 1e25]) {
        const x = inputs[0].map((value) => value * level);
        const bias = new Float32Array(20);
        const [y] = run(kernels, { ...weights, bias }, [x]);
        reference({ ...weights, bias }, x).forEach(({ value, size }, r) => {
          expect(Math.abs(y[r] - value)).toBeLessThanOrEqual(1e-6 * size);
        });
      }
    });

    test('does not leave 32 bits when the largest weights meet the largest inputs, in rows of any length', () => {
      for (const columns of [1, 2, 511, 512, 513, 516, 517, 640, 1000, 1025, 4096]) {
        for (const [weight, flip] of [
          [127, false],
          [-127, false],
          [-128, false],
          [127, true],
          [-128, true],
        ] as const) {
          const sign = (c: number) => (flip && c % 2 === 1 ? -1 : 1);
          const values = Int8Array.from({ length: 3 * columns }, (_, i) => Math.min(127, weight * sign(i % columns)));
          const x = Float32Array.from({ length: columns }, (_, c) => 3.7 * sign(c));
          const weights = {
            rows: 3,
            columns,
            values,
            scales: new Float32Array(3).fill(0.01),
            bias: new Float32Array(3),
            relu: false,
          };
          const [y] = run(kernels, weights, [x]);
          reference(weights, x).forEach(({ sum, value, size }, r) => {
            expect(sum < 2n ** 31n && sum >= -(2n ** 31n)).toBe(true);
            expect(Math.abs(y[r] - value)).toBeLessThanOrEqual(1e-6 * size);
          });
        }
      }
    });

    test('writes nothing but the outputs and its own scratch memory', () => {
      fc.assert(
        fc.property(cases, (one) => {
          const { weights, inputs } = setupOf(one);
          const first = kernels.memory.allocate(16);
          const linear = kernels.linearFrom(weights);
          const last = kernels.memory.allocate(16);
          const list = putList(kernels, [
            ...inputs.map((x) => put(kernels, x)),
            put(kernels, new Float32Array(one.columns)),
          ]);
          const n = one.n + 1;
          const out = kernels.memory.allocate(n * linear.outputStride);
          put(kernels, new Float32Array(16).fill(1));
          const changed = changedBytes(kernels, () => kernels.linear(linear, list, n, out));
          const outside = changed.filter((address) => address < out || address >= out + n * linear.outputStride);
          // What is neither weights nor bias nor scales was reserved as scratch, here or by an earlier `linearFrom`.
          expect(outside.filter((address) => address >= first && address < last && !isScratch(address))).toEqual([]);
          expect(outside.filter((address) => address >= last)).toEqual([]);

          function isScratch(address: number): boolean {
            const rows = linear.outputStride / 4;
            const within = (start: number, bytes: number) => address >= start && address < start + bytes;
            return !(
              within(linear.weights, rows * one.columns) ||
              within(linear.bias, rows * 4) ||
              within(linear.scales, rows * 4)
            );
          }
        }),
        { numRuns: 30 },
      );
    });
  });
}

test('both kernels agree within 1e-6 with 8-bit weights', async () => {
  const plain = plainKernels();
  const simd = await simdOrThrow();
  fc.assert(
    fc.property(cases, (one) => {
      const { weights, inputs } = setupOf(one);
      const fast = run(simd, weights, inputs);
      run(plain, weights, inputs).forEach((y, s) => {
        reference(weights, inputs[s]).forEach(({ size }, r) => {
          expect(Math.abs(y[r] - fast[s][r])).toBeLessThanOrEqual(1e-6 * size);
        });
      });
    }),
  );
});
