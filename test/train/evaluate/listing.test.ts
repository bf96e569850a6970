import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listClips } from '../../../src/train/evaluate/data-set.ts';
import { listNegatives } from '../../../src/train/recordings/negatives.ts';
import type { Split } from '../../../src/train/recordings/split.ts';
import { directoryOf } from './helpers.ts';

describe('listClips', () => {
  const files = {
    'yes/0a7c2a8d_nohash_0.wav': '',
    'yes/bb05582b_nohash_0.wav': '',
    'happy/bb05582b_nohash_0.wav': '',
    '.hidden/x.wav': '',
    '_background_noise_/hiss.wav': '',
  };

  it('names clips by their folder, those of other folders unknown, and leaves the long noises out', async () => {
    const directory = directoryOf(files);
    expect(await listClips([directory], ['_silence_', 'yes'])).toEqual([
      { path: join(directory, 'happy/bb05582b_nohash_0.wav'), label: '_unknown_', speaker: 'bb05582b' },
      { path: join(directory, 'yes/0a7c2a8d_nohash_0.wav'), label: 'yes', speaker: '0a7c2a8d' },
      { path: join(directory, 'yes/bb05582b_nohash_0.wav'), label: 'yes', speaker: 'bb05582b' },
    ]);
  });

  it('takes one part where one is asked for', async () => {
    const directory = directoryOf(files);
    expect((await listClips([directory], ['yes'], 'training')).map(({ speaker }) => speaker)).toEqual(['0a7c2a8d']);
    expect(await listClips([directory], ['yes'], 'testing')).toHaveLength(2);
    expect(await listClips([directory], ['yes'], 'validation')).toEqual([]);
  });

  it('takes the part that a folder names, where there are such folders', async () => {
    const directory = directoryOf({
      'training/yes/bb05582b_nohash_0.wav': '',
      'validation/yes/0a7c2a8d_nohash_0.wav': '',
    });
    const speakers = async (split: Split) =>
      (await listClips([directory], ['yes'], split)).map(({ speaker }) => speaker);
    expect(await speakers('training')).toEqual(['bb05582b']);
    expect(await speakers('validation')).toEqual(['0a7c2a8d']);
    expect(await speakers('testing')).toEqual([]);
  });

  it('says which directory is missing', async () => {
    await expect(listClips(['/no/where'], ['yes'])).rejects.toMatchObject({ code: 'EARSHOT_FILE_NOT_FOUND' });
  });
});

describe('listNegatives', () => {
  const files = {
    'words.tsv':
      'file\tseconds\tcommand_words\ttranscript\na/1.ogg\t2.0\t\t\na/2.ogg\t2.0\tleft no\tHE LEFT, NO\na/3.ogg\t1.0\tgo\tGO\n',
    'a/1.ogg': '',
    'a/2.ogg': '',
    'a/3.ogg': '',
    'b/4.ogg': '',
  };
  const names = async (folder: string, labels: string[]) => {
    const directory = directoryOf(files);
    const paths = await listNegatives([join(directory, folder)], labels);
    return paths.map((path) => path.slice(directory.length + 1));
  };

  it('leaves out recordings in which words.tsv names a label', async () => {
    expect(await names('.', ['yes', 'no', 'go'])).toEqual(['a/1.ogg', 'b/4.ogg']);
    expect(await names('.', ['yes', 'no'])).toEqual(['a/1.ogg', 'a/3.ogg', 'b/4.ogg']);
    expect(await names('.', ['jarvis'])).toEqual(['a/1.ogg', 'a/2.ogg', 'a/3.ogg', 'b/4.ogg']);
  });

  it('takes transcripts and the like for no recordings', async () => {
    const directory = directoryOf({ 'talk.ogg': '', 'talk.trans.txt': '', 'README.md': '' });
    expect(await listNegatives([directory], ['no'])).toEqual([join(directory, 'talk.ogg')]);
  });

  it('finds words.tsv beside a folder too', async () => {
    expect(await names('a', ['no'])).toEqual(['a/1.ogg', 'a/3.ogg']);
  });

  it('finds words.tsv in folders below', async () => {
    const directory = directoryOf({
      'monday/words.tsv': 'file\tcommand_words\n1.ogg\tno\n',
      'monday/1.ogg': '',
      'monday/2.ogg': '',
    });
    expect(await listNegatives([directory], ['no'])).toEqual([join(directory, 'monday/2.ogg')]);
  });

  it('refuses a words.tsv without the columns it needs', async () => {
    const directory = directoryOf({ 'words.tsv': 'name\nx\n' });
    await expect(listNegatives([directory], ['no'])).rejects.toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT' });
  });
});
