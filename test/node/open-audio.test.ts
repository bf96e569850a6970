import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openAudio } from '../../src/node/open-audio.js';
import { ascii, chunksOf, drain, fixture, loudestHz, wav } from '../files/helpers.js';

const path = (name: string) => fileURLToPath(new URL(`../fixtures/audio/${name}`, import.meta.url));

const loads = await import('node-web-audio-api').then(
  () => true,
  () => false,
);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

/** How many descriptors of this process are open on a file; 0 everywhere but on Linux. */
function openDescriptors(file: string): number {
  if (process.platform !== 'linux') return 0;
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === file;
    } catch {
      return false;
    }
  }).length;
}

describe('openAudio', () => {
  it('reads a file, and any stream of bytes', async () => {
    const file = await drain(await openAudio(path('forms-s16.wav')));
    expect(file).toMatchObject({ format: 'wav', sampleRate: 8000, chunkSamples: [800] });
    const stream = await drain(await openAudio(chunksOf(fixture('chirp-16.flac'))));
    expect(stream).toMatchObject({ format: 'flac', sampleRate: 16000, channels: 2 });
  });

  it('goes by the bytes, not by the name', async () => {
    const named = written('song.mp3', fixture('chirp-16.flac'));
    expect((await drain(await openAudio(named))).format).toBe('flac');
    const text = written('notes.wav', ascii('Not a sound at all\n'));
    await expect(openAudio(text)).rejects.toMatchObject({ code: 'EARSHOT_AUDIO_UNKNOWN' });
  });

  it('passes raw audio and warnings through', async () => {
    const warnings: unknown[] = [];
    const raw = { encoding: 'u8', sampleRate: 8000, channels: 2 } as const;
    const file = written('odd.pcm', new Uint8Array(5));
    const { samples } = await drain(await openAudio(file, { raw, onWarning: (warning) => warnings.push(warning) }));
    expect(samples[0]).toHaveLength(2);
    expect(warnings).toEqual([expect.objectContaining({ code: 'EARSHOT_AUDIO_TRUNCATED' })]);
  });

  it.each([
    ['a missing file', () => join(folder, 'none.wav'), 'EARSHOT_FILE_NOT_FOUND'],
    ['a file used as a folder', () => join(path('forms-s16.wav'), 'none.wav'), 'EARSHOT_FILE_NOT_FOUND'],
    ['a folder', () => folder, 'EARSHOT_FILE_UNREADABLE'],
    ['an empty file', () => written('empty.wav', new Uint8Array(0)), 'EARSHOT_AUDIO_EMPTY'],
  ])('refuses %s', async (_name, file, code) => {
    await expect(openAudio(file())).rejects.toMatchObject({ code });
    const raw = { encoding: 'u8', sampleRate: 8000, channels: 1 } as const;
    if (code !== 'EARSHOT_AUDIO_EMPTY') await expect(openAudio(file(), { raw })).rejects.toMatchObject({ code });
  });

  it.skipIf(process.getuid?.() === 0)('refuses a file that may not be read', async () => {
    const secret = written('secret.wav', wav());
    execFileSync('chmod', ['000', secret]);
    await expect(openAudio(secret)).rejects.toMatchObject({ code: 'EARSHOT_FILE_UNREADABLE' });
  });

  it('names the file', async () => {
    await expect(openAudio('/no/such/file.wav')).rejects.toThrow('/no/such/file.wav');
    await expect(openAudio(folder)).rejects.toThrow(folder);
  });

  it('closes the file when it is read, left, refused, or closed unread', async () => {
    const long = written('long.wav', wav({ data: new Uint8Array(400_000) }));
    const noise = written('noise.bin', new Uint8Array(400_000));
    const stream = await openAudio(long);
    if (process.platform === 'linux') expect(openDescriptors(long)).toBe(1);
    await drain(stream);
    expect(openDescriptors(long)).toBe(0);
    for await (const _ of await openAudio(long)) break;
    expect(openDescriptors(long)).toBe(0);
    await (await openAudio(long)).close();
    expect(openDescriptors(long)).toBe(0);
    await expect(openAudio(noise)).rejects.toMatchObject({ code: 'EARSHOT_AUDIO_UNKNOWN' });
    expect(openDescriptors(noise)).toBe(0);
  });
});

describe.runIf(loads)('openAudio through node-web-audio-api', () => {
  it.each([
    ['tones.aac', 'aac'],
    ['tones.m4a', 'm4a'],
    ['tones-faststart.m4a', 'm4a'],
    ['tones-aac.mkv', 'webm'],
    ['tones-vorbis.webm', 'webm'],
  ])('reads %s at its own rate', async (name, format) => {
    const audio = await drain(await openAudio(path(name)));
    expect(audio).toMatchObject({ format, sampleRate: 16000, channels: 2 });
    expect(Math.abs(audio.samples[0].length - 16000)).toBeLessThanOrEqual(2048);
    expect(loudestHz(audio.samples[0], 16000)).toBe(440);
    expect(loudestHz(audio.samples[1], 16000)).toBe(1250);
  });

  it("leaves out the encoder's delay that an MP4 file states", async () => {
    const bare = await drain(await openAudio(path('tones.aac')));
    const stated = await drain(await openAudio(path('tones.m4a')));
    expect(bare.samples[0].length - stated.samples[0].length).toBe(1024);
    // 440 Hz begins with a rise from 0.
    expect(stated.samples[0].subarray(4, 15).every((sample) => sample > 0)).toBe(true);
  });

  it('says that a broken file is damaged', async () => {
    const bytes = fixture('tones-faststart.m4a');
    const cut = written('cut.m4a', bytes.subarray(0, Buffer.from(bytes).indexOf('mdat') + 40));
    await expect(openAudio(cut)).rejects.toMatchObject({ code: 'EARSHOT_AUDIO_DAMAGED' });
  });
});

describe('openAudio without node-web-audio-api', () => {
  it('says what to install', async () => {
    vi.doMock('node-web-audio-api', () => {
      throw new Error('libasound.so.2: cannot open shared object file');
    });
    await expect(openAudio(path('tones.m4a'))).rejects.toMatchObject({
      code: 'EARSHOT_AUDIO_BACKEND',
      message: expect.stringContaining('apt-get install libasound2'),
    });
    vi.doUnmock('node-web-audio-api');
  });
});
