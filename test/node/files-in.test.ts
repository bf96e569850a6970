import { symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn } from '../../src/node/files-in.ts';
import { directoryWith } from '../cli/cli.ts';

const all = async (directory: string) => {
  const paths: string[] = [];
  for await (const { path } of filesIn(directory)) paths.push(relative(directory, path));
  return paths;
};

describe('filesIn', () => {
  it('gives the files of a directory and those below it, in order of their names', async () => {
    const directory = directoryWith({ 'b.wav': '', 'a/z.wav': '', 'a/B.wav': '', 'a.txt': '', '10.wav': '' });
    expect(await all(directory)).toEqual(['10.wav', 'a/B.wav', 'a/z.wav', 'a.txt', 'b.wav']);
  });

  it('leaves out what is hidden', async () => {
    expect(await all(directoryWith({ '.a.wav': '', '.git/b.wav': '', 'c.wav': '' }))).toEqual(['c.wav']);
  });

  it('follows links to files, and not those to directories, which may lead in a circle', async () => {
    const directory = directoryWith({ 'real/a.wav': '' });
    symlinkSync(join(directory, 'real/a.wav'), join(directory, 'link.wav'));
    symlinkSync(directory, join(directory, 'circle'));
    symlinkSync(join(directory, 'nothing'), join(directory, 'broken'));
    expect(await all(directory)).toEqual(['link.wav', 'real/a.wav']);
  });

  it('tells of a directory that cannot be read', async () => {
    const found = [];
    for await (const entry of filesIn('/nonexistent/directory')) found.push(entry);
    expect(found).toMatchObject([{ path: '/nonexistent/directory', error: { code: 'ENOENT' } }]);
  });
});
