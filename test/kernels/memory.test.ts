import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainKernels } from '../../src/kernels/plain.ts';
import { SlotLayout } from '../../src/kernels/slot.ts';
import { simdOrThrow } from '../helpers/kernels.ts';

/** What to do next: reserve so many bytes, or give back the nth block that is held. */
const actions = fc.array(
  fc.oneof(
    fc.record({ allocate: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 150_000 })) }),
    fc.record({ free: fc.nat(50) }),
  ),
  { maxLength: 60 },
);

for (const [name, make] of [
  ['plain', async () => plainKernels().memory],
  ['simd', async () => (await simdOrThrow()).memory],
] as const) {
  describe(`the memory of the ${name} kernels`, () => {
    test('gives zeroed blocks, aligned to 16, never address 0, whose content only their owner changes', async () => {
      await fc.assert(
        fc.asyncProperty(actions, async (steps) => {
          const memory = await make();
          const held: { address: number; bytes: number; mark: number }[] = [];
          let mark = 0;
          for (const step of steps) {
            if ('allocate' in step) {
              const bytes = step.allocate;
              const address = memory.allocate(bytes);
              mark = (mark % 100) + 1;
              expect(address).toBeGreaterThan(0);
              expect(address % 16).toBe(0);
              expect(memory.i8.length).toBeGreaterThanOrEqual(address + bytes);
              expect(memory.i8.subarray(address, address + bytes).every((byte) => byte === 0)).toBe(true);
              memory.i8.fill(mark, address, address + bytes);
              held.push({ address, bytes, mark });
            } else if (held.length > 0) {
              const [{ address, bytes }] = held.splice(step.free % held.length, 1);
              memory.free(address, bytes);
            }
          }
          for (const { address, bytes, mark } of held) {
            expect(memory.i8.subarray(address, address + bytes).every((byte) => byte === mark)).toBe(true);
          }
        }),
        { numRuns: 30 },
      );
    });

    test('uses a block again that was given back, so that streams which come and go do not grow it', async () => {
      const memory = await make();
      memory.allocate(5000);
      const length = memory.i8.length;
      for (let i = 0; i < 1000; i++) {
        const [a, b] = [memory.allocate(1000), memory.allocate(2001)];
        memory.free(a, 1000);
        memory.free(b, 2001);
      }
      expect(memory.i8.length).toBe(length);
    });

    test('has views of one buffer, all of them new after it grew', async () => {
      const memory = await make();
      const address = memory.allocate(16);
      memory.f64[address >> 3] = Math.PI;
      memory.allocate(10_000_000);
      const { f32, f64, i8, i32 } = memory;
      expect(new Set([f32, f64, i8, i32].map(({ buffer }) => buffer)).size).toBe(1);
      expect(f64[address >> 3]).toBe(Math.PI);
      expect(f64.byteLength).toBeGreaterThan(10_000_000);
    });
  });
}

test('the fields of a slot do not overlap and stand at multiples of 16', () => {
  const field = fc.record({ wide: fc.boolean(), count: fc.integer({ min: 1, max: 50 }) });
  fc.assert(
    fc.property(fc.array(field), fc.nat(20), (fields, start) => {
      const layout = new SlotLayout(start * 16);
      let end = start * 16;
      for (const { wide, count } of fields) {
        const offset = wide ? layout.float64(count) : layout.float32(count);
        expect(offset).toBeGreaterThanOrEqual(end);
        expect(offset % 16).toBe(0);
        end = offset + count * (wide ? 8 : 4);
        expect(layout.bytes).toBeGreaterThanOrEqual(end);
      }
      expect(layout.bytes % 16).toBe(0);
    }),
  );
});
