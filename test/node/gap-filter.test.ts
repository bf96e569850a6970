import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GapFilter } from '../../src/node/gap-filter.ts';
import { cut } from '../helpers/sound.ts';

const RATE = 8000;
const tone = (length: number) => Float32Array.from({ length }, (_, i) => 0.5 * Math.cos(i / 5));
const silence = (length: number) => new Float32Array(length);
const joined = (...parts: Float32Array[]) => Float32Array.from(parts.flatMap((part) => Array.from(part)));

function filtered(sound: Float32Array, lengths: readonly number[]): Float32Array {
  const filter = new GapFilter(RATE);
  return joined(...cut(sound, lengths).map((piece) => filter.filter(piece)));
}

describe('GapFilter', () => {
  it('takes out zeros in the midst of sound, however the samples are cut', () => {
    const whole = tone(3000);
    const parts = [whole.subarray(0, 1001), whole.subarray(1001, 2000), whole.subarray(2000)];
    const broken = joined(parts[0], silence(128), parts[1], silence(640), parts[2]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 6 }), (lengths) => {
        expect(filtered(broken, lengths)).toEqual(whole);
      }),
    );
  });

  it('leaves single zeros, long silence, and zeros in what is quiet', () => {
    const sound = joined(silence(500), tone(100), silence(3), tone(100), silence(900), tone(100));
    expect(filtered(sound, [77])).toEqual(sound);
    const quiet = joined(
      tone(500).map((x) => x / 1000),
      silence(200),
      tone(100),
    );
    expect(filtered(quiet, [128])).toEqual(quiet);
  });
});
