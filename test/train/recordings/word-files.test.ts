import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { soundFiles } from '../../../src/train/recordings/files.ts';
import { wordFiles } from '../../../src/train/recordings/word-files.ts';

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
  (await wordFiles(folder, labels)).map(({ path, label, split, speaker }) => [
    relative(folder, path),
    label,
    split,
    speaker,
  ]);

describe('recordings of words', () => {
  test('are divided by their folders where there are some, and labelled by the folder around them', async () => {
    touch('training/yes/a.wav', 'validation/bed/b.wav', 'testing/yes/c.wav', 'training/yes/deeper.flac', 'yes/d.wav');
    expect(await found()).toEqual([
      ['testing/yes/c.wav', 'yes', 'testing', undefined],
      ['training/yes/a.wav', 'yes', 'training', undefined],
      ['training/yes/deeper.flac', 'yes', 'training', undefined],
      ['validation/bed/b.wav', '_unknown_', 'validation', undefined],
      ['yes/d.wav', 'yes', undefined, undefined],
    ]);
  });

  test('are divided by the official rule elsewhere, by their speaker; long noises are left alone', async () => {
    // 0c40e715 is a speaker of the official test set, 00176480 one of the training set.
    touch('yes/0c40e715_nohash_0.wav', 'happy/00176480_nohash_0.wav', '_background_noise_/tap.wav', '.hidden/x.wav');
    expect(await found()).toEqual([
      ['happy/00176480_nohash_0.wav', '_unknown_', 'training', '00176480'],
      ['yes/0c40e715_nohash_0.wav', 'yes', 'testing', '0c40e715'],
    ]);
  });

  test('are labelled by the folder that one is in, called `.`, too', async () => {
    touch('yes/a.wav');
    const before = process.cwd();
    process.chdir(join(folder, 'yes'));
    try {
      expect(await wordFiles('.', ['yes'])).toMatchObject([{ path: 'a.wav', label: 'yes' }]);
    } finally {
      process.chdir(before);
    }
  });

  test('need a directory that is there', async () => {
    await expect(wordFiles('/no/where', ['yes'])).rejects.toMatchObject({ code: 'EARSHOT_FILE_NOT_FOUND' });
  });
});

test('lists that lie beside recordings are not taken for sound', async () => {
  touch('talk/one.ogg', 'talk/words.tsv', 'talk/LICENSE.txt');
  expect((await soundFiles([folder])).map((path) => relative(folder, path))).toEqual(['talk/one.ogg']);
});
