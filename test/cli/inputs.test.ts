import { mkdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn, isDirectory, isPassedOver } from '../../src/cli/inputs.ts';
import { directoryWith } from './cli.ts';

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
    expect(found).toMatchObject([{ path: '/nonexistent/directory', failure: { code: 'EARSHOT_FILE_NOT_FOUND' } }]);
  });
});

describe('isDirectory', () => {
  it('is true of directories only', async () => {
    const directory = directoryWith({ a: '' });
    mkdirSync(join(directory, '-'));
    expect(await isDirectory(directory)).toBe(true);
    expect(await isDirectory(join(directory, 'a'))).toBe(false);
    expect(await isDirectory(join(directory, 'b'))).toBe(false);
    expect(await isDirectory('-')).toBe(false);
  });
});

describe('isPassedOver', () => {
  const unknown = { code: 'EARSHOT_AUDIO_UNKNOWN', message: '' } as const;

  it('is true of what is no audio by its bytes, nor by its name', () => {
    expect(isPassedOver('a/README.txt', unknown)).toBe(true);
    expect(isPassedOver('a/empty', { ...unknown, code: 'EARSHOT_AUDIO_EMPTY' })).toBe(true);
    expect(isPassedOver('a/photo.heic', { ...unknown, code: 'EARSHOT_AUDIO_UNSUPPORTED' })).toBe(true);
  });

  it('is false of what promises audio, and of audio that is damaged', () => {
    expect(isPassedOver('a/broken.WAV', unknown)).toBe(false);
    expect(isPassedOver('a/song.aiff', { ...unknown, code: 'EARSHOT_AUDIO_UNSUPPORTED' })).toBe(false);
    expect(isPassedOver('a/song', { ...unknown, code: 'EARSHOT_AUDIO_DAMAGED' })).toBe(false);
  });
});
