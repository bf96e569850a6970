import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moovFirst, mp4DelaySeconds, mp4SampleRate } from '../../src/files/mp4.js';
import { concatBytes, fixture } from './helpers.js';

const big = (value: bigint) => new Uint8Array(BigUint64Array.of(value).buffer).reverse();

/** `tones.m4a`, whose edit list has one edit in the short form, with these edits in the long one. */
function withLongEdits(...starts: readonly bigint[]): Uint8Array {
  const bytes = fixture('tones.m4a');
  const list = Buffer.from(bytes).indexOf('elst') + 4;
  const edits = starts.flatMap((start) => [big(1024n), big(start), [0, 1, 0, 0]]);
  const count = [0, 0, 0, starts.length];
  const grown = concatBytes(bytes.subarray(0, list), [1, 0, 0, 0], count, ...edits, bytes.subarray(list + 20));
  for (const type of ['elst', 'edts', 'trak', 'moov']) {
    const view = new DataView(grown.buffer, Buffer.from(grown).indexOf(type) - 4);
    view.setUint32(0, view.getUint32(0) + grown.length - bytes.length);
  }
  return grown;
}

describe('MP4', () => {
  it('tells the rate of its sound, and the delay that its edit list leaves out', () => {
    for (const name of ['tones.m4a', 'tones-faststart.m4a']) {
      expect(mp4SampleRate(fixture(name))).toBe(16000);
      expect(mp4DelaySeconds(fixture(name))).toBe(1024 / 16000);
    }
  });

  it('tells the delay also from an edit list of 64 bits, be it behind an edit that shows nothing', () => {
    expect(mp4DelaySeconds(withLongEdits(1024n))).toBe(1024 / 16000);
    expect(mp4DelaySeconds(withLongEdits(-1n, 2048n))).toBe(2048 / 16000);
    expect(mp4DelaySeconds(withLongEdits(-1n))).toBe(0);
  });

  it('tells the rate from the clock of the track where the codec leaves it out', () => {
    const bytes = fixture('tones.m4a');
    const rateAt = Buffer.from(bytes).indexOf('mp4a') + 28;
    bytes.fill(0, rateAt, rateAt + 4);
    expect(mp4SampleRate(bytes)).toBe(16000);
  });

  it('tells nothing of a video', () => {
    const bytes = fixture('tones.m4a');
    bytes.set(Buffer.from('vide'), Buffer.from(bytes).indexOf('soun'));
    expect(mp4SampleRate(bytes)).toBeUndefined();
    expect(mp4DelaySeconds(bytes)).toBe(0);
  });

  it('is put in order as ffmpeg does it: the same samples lie where the index says', () => {
    const faststart = fixture('tones-faststart.m4a');
    const ordered = moovFirst(fixture('tones.m4a'));
    expect(ordered).toHaveLength(fixture('tones.m4a').length);
    expect(moovFirst(faststart)).toBe(faststart);
    const firstSamples = [ordered, faststart].map((bytes) => {
      const view = new DataView(bytes.buffer);
      const offset = view.getUint32(Buffer.from(bytes).indexOf('stco') + 12);
      return Buffer.from(bytes.subarray(offset, offset + 200)).toString('hex');
    });
    expect(firstSamples[0]).toBe(firstSamples[1]);
  });

  it('is read without a fault whatever happens to its bytes', () => {
    const bytes = fixture('tones.m4a');
    const index = Buffer.from(bytes).indexOf('moov');
    const mutation = fc.record({ at: fc.integer({ min: index, max: bytes.length - 1 }), to: fc.nat({ max: 255 }) });
    fc.assert(
      fc.property(
        fc.array(mutation, { minLength: 1, maxLength: 20 }),
        fc.nat({ max: bytes.length }),
        (mutations, cut) => {
          const mutated = bytes.slice(0, bytes.length - (cut % 300));
          for (const { at, to } of mutations) if (at < mutated.length) mutated[at] = to;
          expect(mp4SampleRate(mutated) ?? 1).toBeGreaterThan(0);
          expect(mp4DelaySeconds(mutated)).toBeGreaterThanOrEqual(0);
          expect(moovFirst(mutated)).toHaveLength(mutated.length);
        },
      ),
    );
  });
});
