import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OggPage, PacketAssembler, pagefuls, writeOggPage } from '../../src/files/ogg-page.js';

const page = (sequence: number, segments: number[], isContinued = false): OggPage => ({
  serial: 1,
  sequence,
  granule: 0n,
  isFirst: false,
  isLast: false,
  isContinued,
  segments: Uint8Array.from(segments),
  body: new Uint8Array(segments.reduce((sum, size) => sum + size, 0)).fill(sequence),
});

describe('PacketAssembler', () => {
  const lengths = (assembler: PacketAssembler, next: OggPage) => assembler.write(next).map(({ length }) => length);

  it('puts packets together across pages', () => {
    const assembler = new PacketAssembler();
    expect(lengths(assembler, page(1, [10, 255, 0, 255]))).toEqual([10, 255]);
    expect(lengths(assembler, page(2, [255, 255], true))).toEqual([]);
    const [packet, next] = assembler.write(page(3, [20, 30], true));
    expect([...packet]).toEqual([...Array(255).fill(1), ...Array(510).fill(2), ...Array(20).fill(3)]);
    expect(next).toHaveLength(30);
  });

  it('leaves out a packet of which a page is lost, be it its start, its middle or its end', () => {
    const assembler = new PacketAssembler();
    expect(lengths(assembler, page(5, [7, 8], true))).toEqual([8]);
    expect(lengths(assembler, page(6, [255]))).toEqual([]);
    expect(lengths(assembler, page(8, [7, 8], true))).toEqual([8]);
    expect(lengths(assembler, page(9, [255]))).toEqual([]);
    expect(lengths(assembler, page(10, [7, 8]))).toEqual([7, 8]);
  });

  it('does not collect a packet without end', () => {
    const assembler = new PacketAssembler();
    const full = Array(255).fill(255);
    for (let sequence = 0; sequence < 20; sequence++) lengths(assembler, page(sequence, full, sequence > 0));
    expect(lengths(assembler, page(20, [7, 8], true))).toEqual([8]);
  });
});

describe('writeOggPage', () => {
  const place = { sequence: 3, granule: 4n, isFirst: false, isLast: true };

  it('writes what RFC 3533 says', () => {
    const bytes = writeOggPage([new Uint8Array(255).fill(1), Uint8Array.of(9)], place);
    expect(Buffer.from(bytes.subarray(0, 6)).toString('latin1')).toBe('OggS\0\x04');
    expect([...bytes.subarray(6, 27)]).toEqual([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3]);
    expect([...bytes.subarray(27, 31)]).toEqual([255, 0, 1, 1]);
    expect(bytes).toHaveLength(27 + 3 + 256);
  });

  it('refuses packets that do not fit one page', () => {
    expect(() => writeOggPage([new Uint8Array(255 * 255)], place)).toThrow(
      expect.objectContaining({ code: 'EARSHOT_AUDIO_DAMAGED' }),
    );
  });
});

describe('pagefuls', () => {
  it('hold all packets in order, each no more than a page does', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 100, size: 'max' }), (lengths) => {
        const groups = pagefuls(lengths.map((length) => new Uint8Array(length)));
        expect(groups.flat().map(({ length }) => length)).toEqual(lengths);
        for (const group of groups) {
          const segments = group.reduce((sum, { length }) => sum + Math.floor(length / 255) + 1, 0);
          expect(segments).toBeLessThanOrEqual(255);
        }
      }),
    );
  });
});
