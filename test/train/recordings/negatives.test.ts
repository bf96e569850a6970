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

  it('refuses a words.tsv without the columns it needs', async () => {
    const directory = directoryOf({ 'words.tsv': 'name\nx\n' });
    await expect(listNegatives([directory], ['no'])).rejects.toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT' });
  });
});
