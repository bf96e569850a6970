import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bits, bothKernels, put, take } from '../helpers/kernels.ts';

const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e9, -1e9, 1.1e9, -2e9, -0);

describe.each(await bothKernels())('$name kernels', (kernels) => {
  test('copy samples as they are, with 0 for what is no number or beyond ±1e9, and count those', () => {
    const samples = fc.array(fc.oneof(fc.float(), odd), { maxLength: 40 });
    fc.assert(
      fc.property(samples, fc.nat(5), fc.nat(5), (values, from, to) => {
        const input = Float32Array.from(values);
        const count = Math.max(0, input.length - from);
        const expected = new Float32Array(60).fill(7);
        let bad = 0;
        for (let i = 0; i < count; i++) {
          const sample = input[from + i];
          const good = Number.isFinite(sample) && sample <= 1e9 && sample >= -1e9;
          expected[to + i] = good ? sample : 0;
          if (!good) bad++;
        }
        const out = put(kernels, new Float32Array(60).fill(7));
        expect(kernels.copySamples(put(kernels, input) + from * 4, count, out + to * 4)).toBe(bad);
        expect(bits(take(kernels, out, 60))).toEqual(bits(expected));
      }),
      { numRuns: 500 },
    );
  });

  test('multiply samples, and nothing beside them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true }), { maxLength: 40 }),
        fc.nat(5),
        fc.nat(40),
        (values, from, most) => {
          const count = Math.max(0, Math.min(most, values.length - from));
          const expected = Float32Array.from(values, (value, i) =>
            i >= from && i < from + count ? value / 32768 : value,
          );
          const samples = put(kernels, values);
          kernels.scale(samples + from * 4, count, 1 / 32768);
          expect(bits(take(kernels, samples, values.length))).toEqual(bits(expected));
        },
      ),
    );
  });
});
