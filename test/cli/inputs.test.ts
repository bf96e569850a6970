import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isDirectory, isPassedOver } from '../../src/cli/inputs.ts';
import { directoryWith } from './cli.ts';

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
