import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listNegatives } from '../../../src/train/recordings/negatives.ts';
import { directoryOf } from '../evaluate/helpers.ts';

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

  it('knows labels of several words, and lists with a byte order mark or without some cells', async () => {
    const list = '\uFEFFcommand_words\tfile\nturn  on\t1.ogg\n\t2.ogg\non turn\t3.ogg\n';
    const directory = directoryOf({ 'words.tsv': list, '1.ogg': '', '2.ogg': '', '3.ogg': '' });
    const kept = ['2.ogg', '3.ogg'].map((name) => join(directory, name));
    expect(await listNegatives([directory], ['turn on'])).toEqual(kept);
    expect(await listNegatives([directory], ['turn', 'on'])).toEqual([join(directory, '2.ogg')]);
  });

  it('passes over a words.tsv that is a manifest, not one that has words too', async () => {
    const kept = async (list: string) => {
      const directory = directoryOf({ 'words.tsv': list, 'talks/a.ogg': '' });
      return (await listNegatives([join(directory, 'talks')], ['no'])).length;
    };
    expect(await kept('file\tlabel\nno/1.wav\tno\n')).toBe(1);
    expect(await kept('file\tlabel\tcommand_words\ntalks/a.ogg\tno\tno\n')).toBe(0);
  });

  it.each([
    ['without the columns it needs', 'name\nx\n', 'words.tsv, line 1: Expected a column `file`'],
    ['with a line without a file', 'command_words\tfile\nno\n', 'words.tsv, line 2: Expected a `file`'],
  ])('refuses a words.tsv %s', async (_, list, message) => {
    const directory = directoryOf({ 'words.tsv': list, 'a.ogg': '' });
    await expect(listNegatives([directory], ['no'])).rejects.toMatchObject({
      code: 'EARSHOT_BAD_ARGUMENT',
      message: join(directory, message),
    });
  });
});
