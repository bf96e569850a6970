import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wordFiles } from '../../../src/train/data/training-files.ts';
import { soundFiles } from '../../../src/train/recordings/files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const touch = (...paths: string[]) => {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
  }
};
const found = async (labels = ['_silence_', '_unknown_', 'yes']) =>
  (await wordFiles(folder, labels)).map(({ path, label, part }) => [relative(folder, path), label, part]);

describe('recordings of words', () => {
  test('are divided by their folders where there are some, and labelled by the folder around them', async () => {
    touch('training/yes/a.wav', 'validation/bed/b.wav', 'testing/yes/c.wav', 'training/yes/deeper.flac');
    expect(await found()).toEqual([
      ['training/yes/a.wav', 'yes', 'training'],
      ['training/yes/deeper.flac', 'yes', 'training'],
      ['validation/bed/b.wav', '_unknown_', 'validation'],
    ]);
  });

  test('are divided by the official rule elsewhere; its test speakers and long noises are left alone', async () => {
    // 0c40e715 is a speaker of the official test set, 00176480 one of the training set.
    touch('yes/0c40e715_nohash_0.wav', 'yes/00176480_nohash_0.wav', '_background_noise_/tap.wav');
    const parts = await found();
    expect(parts.map(([path]) => path)).not.toContain('_background_noise_/tap.wav');
    expect(parts).toContainEqual(['yes/00176480_nohash_0.wav', 'yes', 'training']);
    expect(parts.map(([path]) => path)).not.toContain('yes/0c40e715_nohash_0.wav');
  });
});

test('lists that lie beside recordings are not taken for sound', async () => {
  touch('talk/one.ogg', 'talk/words.tsv', 'talk/LICENSE.txt');
  expect((await soundFiles([folder])).map((path) => relative(folder, path))).toEqual(['talk/one.ogg']);
});
