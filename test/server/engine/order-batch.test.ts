import fc from 'fast-check';
import { expect, test } from 'vitest';
import { giveOut, OrderCollector } from '../../../server/engine/order-batch.ts';
import type { Order } from '../../../server/engine/orders.ts';

/** Bytes as text, which is compared quickly. */
type Item = { id: number; bytes: string } | { order: Order };

const id = fc.nat(5);
const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ id, bytes: fc.nat(40_000).map((length) => String.fromCharCode(length % 256).repeat(length)) }),
  fc.record({ order: fc.record({ type: fc.constant('watch' as const), id, frames: fc.boolean() }) }),
);

test('orders and audio come out in their order, batch after batch', () => {
  fc.assert(
    fc.property(fc.array(fc.array(item, { maxLength: 9 }), { maxLength: 4 }), (batches) => {
      const collector = new OrderCollector();
      for (const items of batches) {
        expect(collector.isEmpty).toBe(true);
        for (const each of items) {
          if ('order' in each) collector.add(each.order);
          else collector.addAudio(each.id, Buffer.from(each.bytes, 'latin1'));
        }
        const got: Item[] = [];
        giveOut(structuredClone(collector.take()), {
          audio: (id, bytes) => got.push({ id, bytes: Buffer.from(bytes).toString('latin1') }),
          order: (order) => got.push({ order }),
        });
        expect(got).toEqual(items);
      }
    }),
  );
});
