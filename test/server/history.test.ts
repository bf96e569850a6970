import fc from 'fast-check';
import { expect, it } from 'vitest';
import { History } from '../../server/history.ts';

it('keeps the latest messages in order, and knows the highest number that is gone', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('add' as const), by: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('forget' as const), by: fc.nat(60) }),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(fc.nat(7), steps, (capacity, list) => {
      const history = new History<string>(capacity);
      let kept: number[] = [];
      let gone = 0;
      let seq = 0;
      for (const { kind, by } of list) {
        if (kind === 'add') {
          seq += by;
          history.add(seq, String(seq));
          kept.push(seq);
          gone = Math.max(gone, ...kept.slice(0, -capacity || kept.length));
          kept = capacity === 0 ? [] : kept.slice(-capacity);
        } else if (by <= seq && capacity > 0) {
          history.forget(by);
          gone = Math.max(gone, ...kept.filter((each) => each <= by));
          kept = kept.filter((each) => each > by);
        }
        expect(history.forgotten).toBe(gone);
        expect(history.since(0)).toEqual(kept.map(String));
        expect(history.since(0, 2)).toEqual(kept.slice(0, 2).map(String));
        expect(history.since(seq - 2)).toEqual(kept.filter((each) => each > seq - 2).map(String));
      }
    }),
  );
});

it('is bounded in length too, whatever the lengths are, but for the latest message', () => {
  const lengths = fc.array(fc.nat(20), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(30), lengths, (capacity, mostLength, list) => {
      const history = new History<number>(capacity, mostLength);
      const kept: number[] = [];
      const total = () => kept.reduce((sum, length) => sum + length, 0);
      list.forEach((length, n) => {
        history.add(n + 1, length, length);
        kept.push(length);
        while (kept.length > 1 && (kept.length > capacity || total() > mostLength)) kept.shift();
        expect(history.since(0)).toEqual(kept);
        expect(history.forgotten).toBe(n + 1 - kept.length);
      });
    }),
  );
});
