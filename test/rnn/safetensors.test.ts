import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EarshotError } from '../../src/errors.ts';
import { readSafetensors, type Tensor, type TensorFile, writeSafetensors } from '../../src/rnn/safetensors.ts';
import { smallModelBytes } from '../helpers/models.ts';
import { randomSource } from '../helpers/sound.ts';

const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), fc.boolean(), fc.integer())
  .map(([shape, small, seed]) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const random = randomSource(seed);
    if (small) return { shape, values: Int8Array.from({ length }, () => Math.floor(random() * 128)) };
    // All bit patterns, so also infinities, NaN and -0.
    const patterns = Int32Array.from({ length }, () => Math.floor(random() * 2 ** 31));
    return { shape, values: new Float32Array(patterns.buffer) };
  });

/** Names that JavaScript's objects, and the library that checks metadata, cannot hold as ordinary keys. */
const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

const file: fc.Arbitrary<TensorFile> = fc.record(
  {
    metadata: fc.dictionary(
      fc.string({ unit: 'binary' }).filter((key) => !FORBIDDEN.includes(key)),
      fc.string({ unit: 'binary' }),
      { noNullPrototype: true },
    ),
    tensors: fc
      .array(fc.tuple(fc.string({ unit: 'grapheme' }), tensor), { maxLength: 8 })
      .map((entries) => new Map(entries.filter(([name]) => name !== '__metadata__' && !FORBIDDEN.includes(name)))),
  },
  { noNullPrototype: true },
);

/** Builds a file from a header as text, as another program might. */
function fileOf(header: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** Succeeds, or fails with the one code that is promised. */
function attempt(bytes: Uint8Array): 'read' | 'damaged' {
  try {
    readSafetensors(bytes);
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(EarshotError);
    expect(error).toMatchObject({ code: 'EARSHOT_MODEL_DAMAGED' });
    return 'damaged';
  }
}

describe('safetensors', () => {
  test('are read as they were written, to the last bit', () => {
    fc.assert(
      fc.property(file, (original) => {
        const { metadata, tensors } = readSafetensors(writeSafetensors(original));
        expect(metadata).toEqual(original.metadata);
        expect([...tensors.keys()].sort()).toEqual([...original.tensors.keys()].sort());
        for (const [name, { shape, values }] of original.tensors) {
          const read = tensors.get(name)!;
          expect(read.shape).toEqual(shape);
          expect(read.values.constructor).toBe(values.constructor);
          expect(Buffer.compare(Buffer.from(read.values.buffer), Buffer.from(values.buffer))).toBe(0);
        }
      }),
    );
  });

  test('have data at a multiple of 8 bytes when we write them, and a header that ends in spaces', () => {
    fc.assert(
      fc.property(file, (original) => {
        const bytes = writeSafetensors(original);
        const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
        expect(headerBytes % 8).toBe(0);
        const header = new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes));
        expect(header).toMatch(/^\{.*\} {0,7}$/s);
      }),
    );
  });

  test('are read from any place of a larger buffer, aligned or not, also from a Buffer of Node', () => {
    const bytes = smallModelBytes();
    const expected = readSafetensors(bytes);
    for (let offset = 0; offset < 9; offset++) {
      const larger = new Uint8Array(bytes.length + 20).fill(0xff);
      larger.set(bytes, offset);
      expect(readSafetensors(larger.subarray(offset, offset + bytes.length))).toEqual(expected);
      expect(readSafetensors(Buffer.from(larger.buffer, offset, bytes.length))).toEqual(expected);
    }
  });

  test('give tensors that are copies, so that the file may be let go or changed', () => {
    for (const bytes of [smallModelBytes(), Buffer.from(smallModelBytes())]) {
      const expected = structuredClone(readSafetensors(bytes));
      const read = readSafetensors(bytes);
      bytes.fill(0);
      expect(read).toEqual(expected);
    }
  });

  test('may hold tensors in another order than their data, trailing spaces and data that are not aligned', () => {
    const header =
      '{"b":{"dtype":"F32","shape":[2],"data_offsets":[3,11]},' +
      '"a":{"dtype":"I8","shape":[3,1],"data_offsets":[0,3]},"__metadata__":{"format":"pt"}}    ';
    const data = new Uint8Array(11);
    data.set([1, 255, 128]);
    new DataView(data.buffer).setFloat32(3, 1.5, true);
    new DataView(data.buffer).setFloat32(7, -2, true);
    const { metadata, tensors } = readSafetensors(fileOf(header, data));
    expect(metadata).toEqual({ format: 'pt' });
    expect(tensors.get('a')).toEqual({ shape: [3, 1], values: Int8Array.of(1, -1, -128) });
    expect(tensors.get('b')).toEqual({ shape: [2], values: Float32Array.of(1.5, -2) });
  });

  test('may lack metadata, and a scalar has the empty shape', () => {
    const { metadata, tensors } = readSafetensors(
      fileOf('{"x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', new Uint8Array(4)),
    );
    expect(metadata).toEqual({});
    expect(tensors.get('x')).toEqual({ shape: [], values: Float32Array.of(0) });
  });

  const four = new Uint8Array(4);
  const entry = (fields: string) => fileOf(`{"x":{${fields}}}`, four);
  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['less than a length', new Uint8Array(7)],
    ['a header that is not JSON', fileOf('{"x":', four)],
    ['a header that is not UTF-8', Buffer.concat([fileOf('', new Uint8Array(0)).fill(1, 0, 1), Buffer.of(0xff)])],
    ['a header that is no object', fileOf('[]', four)],
    ['a header that is null', fileOf('null', four)],
    ['a header longer than the file', smallModelBytes().subarray(0, 100)],
    ['a header of 2^63 bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80, 0x7b, 0x7d)],
    ['another type of tensor', entry('"dtype":"F64","shape":[],"data_offsets":[0,4]')],
    ['no shape', entry('"dtype":"F32","data_offsets":[0,4]')],
    ['a negative size', entry('"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]')],
    ['a size that is no integer', entry('"dtype":"F32","shape":[0.5,2],"data_offsets":[0,4]')],
    ['a size that is infinite', entry('"dtype":"F32","shape":[1e999,0],"data_offsets":[0,0]')],
    ['sizes whose product is infinite', entry('"dtype":"F32","shape":[1e300,1e300,0],"data_offsets":[0,0]')],
    ['a shape of more than its bytes', entry('"dtype":"F32","shape":[2],"data_offsets":[0,4]')],
    ['a shape of less than its bytes', entry('"dtype":"I8","shape":[3],"data_offsets":[0,4]')],
    ['bytes beyond the end', entry('"dtype":"F32","shape":[1],"data_offsets":[4,8]')],
    ['bytes that end before they start', entry('"dtype":"F32","shape":[1],"data_offsets":[4,0]')],
    ['a negative start', entry('"dtype":"F32","shape":[2],"data_offsets":[-4,4]')],
    ['three offsets', entry('"dtype":"F32","shape":[1],"data_offsets":[0,4,8]')],
    ['data that no tensor covers', fileOf('{}', four)],
    [
      'two tensors at one place and a gap',
      fileOf(
        '{"x":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}',
        new Uint8Array(8),
      ),
    ],
    [
      'a tensor that reaches into the next',
      fileOf(
        '{"x":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"y":{"dtype":"I8","shape":[4],"data_offsets":[3,7]}}',
        new Uint8Array(7),
      ),
    ],
    ['metadata that are not text', fileOf('{"__metadata__":{"a":1}}', new Uint8Array(0))],
  ])('are refused with a code when they hold %s', (_, bytes) => {
    expect(attempt(bytes)).toBe('damaged');
  });

  test('which are random bytes are refused or read, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        attempt(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test('with random headers of the right form are refused or read, and nothing else happens', () => {
    const number = fc.oneof(fc.integer({ min: -2, max: 20 }), fc.double(), fc.maxSafeInteger());
    const lie = fc.record(
      {
        dtype: fc.oneof(fc.constantFrom('F32', 'I8', 'F16'), fc.jsonValue()),
        shape: fc.oneof(fc.array(number, { maxLength: 3 }), fc.jsonValue()),
        data_offsets: fc.oneof(fc.tuple(number, number), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const entries = fc.dictionary(fc.string(), fc.oneof({ weight: 4, arbitrary: lie }, fc.jsonValue()));
    fc.assert(
      fc.property(fc.oneof(entries, fc.jsonValue()), fc.uint8Array({ maxLength: 24 }), (header, data) => {
        attempt(fileOf(JSON.stringify(header), data));
      }),
      { numRuns: 2000 },
    );
  });

  test('that were damaged in place, cut or lengthened are refused or read, and nothing else happens', () => {
    const model = smallModelBytes({ hiddenSize: 2, coefficients: 2, layers: 1 });
    const headerBytes = 8 + Number(new DataView(model.buffer).getBigUint64(0, true));
    const outcomes = { read: 0, damaged: 0 };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(headerBytes + 20), fc.nat(255)), { maxLength: 4 }),
        fc.option(fc.nat(model.length), { freq: 4 }),
        fc.option(fc.uint8Array({ minLength: 1, maxLength: 20 }), { freq: 4 }),
        (changes, length, extra) => {
          const bytes = Uint8Array.from([...model.subarray(0, length ?? undefined), ...(extra ?? [])]);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          outcomes[attempt(bytes)]++;
        },
      ),
      { numRuns: 2000 },
    );
    expect(Math.min(outcomes.read, outcomes.damaged)).toBeGreaterThan(20);
  });

  test('that were cut anywhere are refused', () => {
    const model = smallModelBytes({ hiddenSize: 2, coefficients: 2, layers: 1 });
    for (let length = 0; length < model.length; length++) expect(attempt(model.subarray(0, length))).toBe('damaged');
  });
});
