import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../src/files/byte-reader.js';
import { chunksOf, splits } from './helpers.js';

const counting = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);

describe('ByteReader', () => {
  it('shows every byte once, in order, whatever the chunks and the requests', async () => {
    const request = fc.record({ skip: fc.boolean(), count: fc.nat({ max: 2000 }) });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 5000 }), splits, fc.array(request), async (length, sizes, requests) => {
        const bytes = counting(length);
        const reader = new ByteReader(chunksOf(bytes, sizes));
        let at = 0;
        for (const { skip, count } of [...requests, { skip: false, count: length }]) {
          if (skip) {
            expect(await reader.skip(count)).toBe(count <= length - at);
            at = Math.min(length, at + count);
          } else {
            const shown = await reader.peek(count);
            expect(shown.length).toBeGreaterThanOrEqual(Math.min(count, length - at));
            expect(Buffer.compare(shown, bytes.subarray(at, at + shown.length))).toBe(0);
            reader.advance(shown.length >> 1);
            at += shown.length >> 1;
          }
        }
      }),
    );
  });

  it('gives a copy of what is taken, and drops nothing where there is less', async () => {
    const reader = new ByteReader(chunksOf(counting(10), [3]));
    const taken = await reader.take(6);
    expect(taken).toEqual(counting(6));
    expect(await reader.take(5)).toBeUndefined();
    expect(await reader.take(4)).toEqual(counting(10).subarray(6));
    expect(taken?.buffer.byteLength).toBe(6);
  });

  it('takes no more of a large chunk than is asked for and a piece', async () => {
    const reader = new ByteReader(chunksOf(counting(10_000_000), [10_000_000]));
    expect((await reader.peek(1)).length).toBeLessThanOrEqual(65536);
  });

  it('ends its source once, and shows nothing afterwards', async () => {
    let ends = 0;
    const source = async function* () {
      try {
        for (;;) yield counting(10);
      } finally {
        ends++;
      }
    };
    const reader = new ByteReader(source());
    await reader.peek(15);
    await reader.close();
    await reader.close();
    expect(ends).toBe(1);
    expect((await reader.peek(1)).length).toBe(0);
  });

  it('shows what came before a fault of the source, and keeps the fault', async () => {
    const fault = new Error('unplugged');
    const source = async function* () {
      yield counting(10);
      throw fault;
    };
    const reader = new ByteReader(source());
    reader.throwFault();
    expect(await reader.peek(20)).toHaveLength(10);
    reader.advance(10);
    expect(await reader.skip(1)).toBe(false);
    expect(() => reader.throwFault()).toThrow(fault);
  });

  it('refuses chunks that are not bytes', async () => {
    const source = async function* () {
      yield 'text' as unknown as Uint8Array;
    };
    const reader = new ByteReader(source());
    expect(await reader.peek(1)).toHaveLength(0);
    expect(() => reader.throwFault()).toThrow(expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT' }));
  });
});
