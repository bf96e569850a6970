import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { speakerOf, splitOf, splitsBelow } from '../../../src/train/recordings/split.ts';

describe('speakerOf', () => {
  it('reads the last field before _nohash_', () => {
    expect(speakerOf('data/yes/0a7c2a8d_nohash_0.wav')).toBe('0a7c2a8d');
    expect(speakerOf('data/_unknown_/bird_0fa1e7a9_nohash_0.wav.flac')).toBe('0fa1e7a9');
    expect(speakerOf('data/_silence_/1037.flac')).toBeUndefined();
  });
});

describe('splitsBelow', () => {
  it('is said by folders where there is one of a part, also only for tests', () => {
    expect(splitsBelow('d', ['d/testing/yes/a.wav', 'd/yes/b.wav'])).toEqual(['testing', undefined]);
    expect(splitsBelow('d', ['d/yes/a69b9b3e_nohash_0.wav'])).toEqual(['validation']);
  });
});

describe('splitOf', () => {
  // By `which_set` of the data set's README, in Python.
  it.each([
    ['0a7c2a8d_nohash_0.wav', 'training'],
    ['c50f55b8_nohash_3.wav', 'training'],
    ['a69b9b3e_nohash_0.wav', 'validation'],
    ['bb05582b_nohash_2.wav', 'testing'],
    ['bird_3b4f8f24_nohash_0.wav.flac', 'testing'],
    ['1037.flac', 'testing'],
    ['talk.wav', 'training'],
  ])('puts %s where the official rule does', (name, split) => {
    expect(splitOf(`some/where/${name}`)).toBe(split);
  });

  const real = fileURLToPath(new URL('../../../../shared/data/real/', import.meta.url));
  it.skipIf(!existsSync(real)).each([
    ['commands_dev/yes', 'testing'],
    ['words_train/happy', 'training'],
  ])('finds the recorded clips of %s in the part that they were taken from', (folder, split) => {
    for (const name of readdirSync(real + folder)) expect(splitOf(name)).toBe(split);
  });
});
