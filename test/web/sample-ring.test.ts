import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SampleRing } from '../../web/sample-ring.ts';

it('keeps the last samples in order, however they were cut', () => {
  const pieces = fc.array(fc.array(fc.integer(), { maxLength: 30 }), { maxLength: 20 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 25 }), pieces, (capacity, cut) => {
      const ring = new SampleRing(capacity);
      for (const piece of cut) ring.push(Float32Array.from(piece));
      expect([...ring.latest()]).toEqual([...Float32Array.from(cut.flat())].slice(-capacity));
    }),
  );
});
