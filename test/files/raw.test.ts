import { describe, expect, it } from 'vitest';
import { failureOf, fixture, read } from './helpers.js';

const raw = { encoding: 's16le', sampleRate: 8000, channels: 2 } as const;
const pcm = () => new Uint8Array(Int16Array.of(16384, -16384, 8192, -8192).buffer);

describe('raw PCM', () => {
  it('is read as it is said to be, in any split', async () => {
    const audio = await read(pcm(), [3], { raw });
    expect(audio).toMatchObject({ format: 'raw', sampleRate: 8000, channels: 2, warnings: [] });
    expect(audio.samples).toEqual([Float32Array.of(0.5, 0.25), Float32Array.of(-0.5, -0.25)]);
  });

  it('is not looked at for a format', async () => {
    const bytes = fixture('forms-s16.wav');
    expect((await read(bytes, [5], { raw })).samples[0]).toHaveLength(bytes.length / 4);
  });

  it('warns of an end in the middle of a sample', async () => {
    const { samples, warnings } = await read(pcm().subarray(0, 6), [100], { raw });
    expect(samples[0]).toHaveLength(1);
    expect(warnings).toEqual([
      { code: 'EARSHOT_AUDIO_TRUNCATED', message: 'The audio ends in the middle of a sample' },
    ]);
  });

  it.each([
    ['no bytes', new Uint8Array(0), raw, 'EARSHOT_AUDIO_EMPTY'],
    ['another encoding', pcm(), { ...raw, encoding: 's16be' as 's16le' }, 'EARSHOT_BAD_ARGUMENT'],
    ['no channels', pcm(), { ...raw, channels: 0 }, 'EARSHOT_BAD_ARGUMENT'],
    ['a rate of 1 Hz', pcm(), { ...raw, sampleRate: 1 }, 'EARSHOT_AUDIO_RATE'],
    ['a rate that is none', pcm(), { ...raw, sampleRate: Number.NaN }, 'EARSHOT_AUDIO_RATE'],
  ])('refuses %s', async (_name, bytes, options, code) => {
    expect(await failureOf(read(bytes, [100], { raw: options }))).toBe(code);
  });
});
