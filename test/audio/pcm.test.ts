import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeS16, mixDown, PCM_ENCODINGS, PcmDecoder, type PcmEncoding, type Samples } from '../../src/audio/pcm.js';

const decode = (encoding: PcmEncoding, bytes: ArrayLike<number>, channels = 1) =>
  new PcmDecoder(encoding, channels).write(Uint8Array.from(bytes));

/** A coding, channels, bytes of it, and sizes of the pieces they come in. */
const cutStreams = [
  fc.constantFrom(...PCM_ENCODINGS),
  fc.integer({ min: 1, max: 5 }),
  fc.uint8Array({ maxLength: 200 }),
  fc.array(fc.nat({ max: 20 }), { minLength: 1 }),
] as const;

/** Views of pieces of such sizes one after the other; the last is the rest. */
function pieces(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  let at = 0;
  return [...sizes, bytes.length].map((size) => {
    at += size;
    return bytes.subarray(at - size, at);
  });
}

describe('PcmDecoder', () => {
  it.each<[PcmEncoding, number[], number[]]>([
    ['u8', [0, 64, 128, 255], [-1, -0.5, 0, 127 / 128]],
    ['s16le', [0, 0x80, 0, 0, 0, 0x40, 0xff, 0x7f], [-1, 0, 0.5, 32767 / 32768]],
    ['s24le', [0, 0, 0x80, 1, 0, 0, 0, 0, 0x40, 0xff, 0xff, 0xff], [-1, 2 ** -23, 0.5, -(2 ** -23)]],
    ['s32le', [0, 0, 0, 0x80, 0, 0, 0, 0x40], [-1, 0.5]],
    ['f32le', [0, 0, 0, 0x40, 0, 0, 0xc0, 0x7f], [2, Number.NaN]],
    ['f64le', [0, 0, 0, 0, 0, 0, 0xe0, 0xbf], [-0.5]],
  ])('reads %s with one constant for full scale', (encoding, bytes, samples) => {
    expect([...decode(encoding, bytes)[0]]).toEqual(samples);
  });

  // The decision values at the ends of segments, as ITU-T G.711 tables 1a and 2a give them (column 7, "quantized value").
  it.each([
    [0xd5, 1],
    [0xd4, 3],
    [0xc5, 33],
    [0xf5, 66],
    [0xe5, 132],
    [0x95, 264],
    [0x85, 528],
    [0xb5, 1056],
    [0xa5, 2112],
    [0xaa, 4032],
  ])('expands the A-law code %i to %i of 4096, and its inverse to the negative', (code, value) => {
    expect(decode('alaw', [code, code ^ 0x80])[0]).toEqual(Float32Array.of(value / 4096, -value / 4096));
  });

  it.each([
    [0xfe, 2],
    [0xf0, 30],
    [0xef, 33],
    [0xdf, 99],
    [0xcf, 231],
    [0xbf, 495],
    [0xaf, 1023],
    [0x9f, 2079],
    [0x8f, 4191],
    [0x80, 8031],
  ])('expands the µ-law code %i to %i of 8192, and its inverse to the negative', (code, value) => {
    expect(decode('mulaw', [code, code ^ 0x80])[0]).toEqual(Float32Array.of(value / 8192, -value / 8192));
  });

  it('expands both G.711 laws monotonically, each code to a value of its own (µ-law has two zeros)', () => {
    const codes = Array.from({ length: 256 }, (_, code) => code);
    const [aLaw] = decode('alaw', codes);
    const [muLaw] = decode('mulaw', codes);
    expect(new Set([...aLaw]).size).toBe(256);
    expect(new Set([...muLaw].map((sample) => sample + 0)).size).toBe(255);
    const positiveALaw = codes.slice(0, 128).map((code) => aLaw[0x80 | (code ^ 0x55)]);
    const positiveMuLaw = codes.slice(0, 128).map((code) => muLaw[0xff - code]);
    for (const law of [positiveALaw, positiveMuLaw]) expect(law).toEqual([...law].sort((a, b) => a - b));
  });

  it('gives the same samples for any split of the bytes', () => {
    fc.assert(
      fc.property(...cutStreams, (encoding, channels, bytes, sizes) => {
        const whole = new PcmDecoder(encoding, channels);
        const expected = whole.write(bytes).map((channel) => [...channel]);
        const decoder = new PcmDecoder(encoding, channels);
        const got: number[][] = expected.map(() => []);
        for (const piece of pieces(bytes, sizes)) {
          // A chunk that is overwritten afterwards, as a reader's buffer is.
          const chunk = Buffer.from(piece);
          for (const [channel, samples] of decoder.write(chunk).entries()) got[channel].push(...samples);
          chunk.fill(0xee);
        }
        expect(got).toEqual(expected);
        expect(decoder.end()).toBe(whole.end());
      }),
    );
  });

  it('gives the mean of all channels, or integers that stand for it, for any split of the bytes', () => {
    const floats = (samples: Samples) => Array.from(samples, (x) => (samples instanceof Int16Array ? x / 32768 : x));
    fc.assert(
      fc.property(...cutStreams, (encoding, channels, bytes, sizes) => {
        const expected = [...mixDown(new PcmDecoder(encoding, channels).write(bytes))];
        const decoder = new PcmDecoder(encoding, channels);
        const got: number[] = [];
        for (const chunk of pieces(bytes, sizes)) got.push(...floats(decoder.writeMono(chunk)));
        expect(got).toEqual(expected);
      }),
      // So that one channel of 16 bits, which is taken as it is, is among them often.
      { numRuns: 300 },
    );
    expect(new PcmDecoder('s16le', 1).writeMono(new Uint8Array(4))).toBeInstanceOf(Int16Array);
  });

  it('deals interleaved samples out to their channels and counts the bytes that are left', () => {
    const decoder = new PcmDecoder('u8', 3);
    expect(decoder.write(Uint8Array.of(128, 192, 64, 128, 192))).toEqual([
      Float32Array.of(0),
      Float32Array.of(0.5),
      Float32Array.of(-0.5),
    ]);
    expect(decoder.end()).toBe(2);
  });

  it.each([
    ['s16be', 1],
    ['s16le', 0],
    ['s16le', 1.5],
  ])('refuses %s with %s channels', (encoding, channels) => {
    expect(() => new PcmDecoder(encoding as PcmEncoding, channels)).toThrow(
      expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT' }),
    );
  });
});

describe('mixDown', () => {
  it('gives a single channel back as it is', () => {
    const mono = Float32Array.of(0.1, 0.2);
    expect(mixDown([mono])).toBe(mono);
  });

  it('takes the mean of several', () => {
    expect(mixDown([Float32Array.of(1, -1), Float32Array.of(0, -1), Float32Array.of(0.5, 0.5)])).toEqual(
      Float32Array.of(0.5, -0.5),
    );
  });
});

describe('encodeS16', () => {
  it('rounds, and holds what is too large at full scale', () => {
    const samples = Float32Array.of(0, 0.5, 1, 2, -1, -3, 1.4 / 32768, -1.6 / 32768, Number.NaN, Infinity);
    const values = new Int16Array(encodeS16(samples).buffer);
    expect([...values]).toEqual([0, 16384, 32767, 32767, -32768, -32768, 1, -2, 0, 32767]);
  });

  it('is undone by decoding, for every 16-bit value', () => {
    const bytes = new Uint8Array(Int16Array.from({ length: 65536 }, (_, i) => i - 32768).buffer);
    expect(encodeS16(decode('s16le', bytes)[0])).toEqual(bytes);
  });
});
