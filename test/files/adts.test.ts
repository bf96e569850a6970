import { describe, expect, it } from 'vitest';
import { adtsFrameBytes, isAdtsCut } from '../../src/files/adts.js';
import { ascii, concatBytes, fixture } from './helpers.js';

describe('AAC in ADTS form', () => {
  it('is cut wherever it does not end with a frame', () => {
    const bytes = fixture('tones.aac');
    const ends: number[] = [];
    for (let at = adtsFrameBytes(bytes, 0); at <= bytes.length; at += adtsFrameBytes(bytes, at) || Infinity)
      ends.push(at);
    expect(ends.at(-1)).toBe(bytes.length);
    for (let length = 1; length <= bytes.length; length++) {
      expect(isAdtsCut(bytes.subarray(0, length))).toBe(!ends.includes(length));
    }
  });

  it('is not cut where a tag follows it', () => {
    expect(isAdtsCut(concatBytes(fixture('tones.aac'), ascii('TAG'), new Uint8Array(125)))).toBe(false);
  });
});
