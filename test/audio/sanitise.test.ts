import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyFinite } from '../../src/audio/sanitise.ts';

test('copies samples as they are, with 0 for what is no number or beyond ±1e9, and counts those', () => {
  const odd = fc.constantFrom(
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1e9,
    -1e9,
    1.1e9,
    -2e9,
    -0,
  );
  const samples = fc.array(fc.oneof(fc.float(), odd), { maxLength: 40 });
  fc.assert(
    fc.property(samples, fc.nat(40), fc.nat(40), fc.nat(5), (values, a, b, to) => {
      const input = Float32Array.from(values);
      const [from, end] = [Math.min(a, b, values.length), Math.min(Math.max(a, b), values.length)];
      const out = new Float32Array(60).fill(7);
      const replaced = copyFinite(input, from, end - from, out, to);
      const expected = new Float32Array(60).fill(7);
      let bad = 0;
      for (let i = from; i < end; i++) {
        const good = Number.isFinite(input[i]) && input[i] <= 1e9 && input[i] >= -1e9;
        expected[to + i - from] = good ? input[i] : 0;
        if (!good) bad++;
      }
      expect(out).toEqual(expected);
      expect(replaced).toBe(bad);
    }),
    { numRuns: 500 },
  );
});
