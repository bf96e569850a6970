import { describe, expect, it, vi } from 'vitest';
import { EarshotError } from '../../src/errors.js';
import { openAudioStream } from '../../src/files/open-stream.js';
import { failureOf, fixture, read } from './helpers.js';

const FORMATS = [
  ['tones.aac', 'aac'],
  ['tones.m4a', 'm4a'],
  ['tones-faststart.m4a', 'm4a'],
  ['tones-aac.mkv', 'webm'],
  ['tones-vorbis.webm', 'webm'],
] as const;

describe('audio that only a host can decode', () => {
  it.each(FORMATS)('goes to the decoder whole, with its own rate: %s', async (name, format) => {
    const bytes = fixture(name);
    const planar = [new Float32Array(40000), new Float32Array(40000)];
    const audio = await read(bytes, [100], {
      decodeWholeFile: async (got, sampleRate) => {
        expect(Buffer.from(got).equals(bytes)).toBe(true);
        expect(got.buffer.byteLength).toBe(bytes.length);
        expect(sampleRate).toBe(16000);
        return planar;
      },
    });
    expect(audio).toMatchObject({ format, sampleRate: 16000, channels: 2, chunkSamples: [16000, 16000, 8000] });
    expect(audio.warnings).toEqual([]);
  });

  it.each([
    'tones.aac',
    'tones-faststart.m4a',
    'tones-aac.mkv',
    'tones-vorbis.webm',
  ])('is heard with a warning where it is cut: %s', async (name) => {
    const bytes = fixture(name);
    for (const missing of [1, 6]) {
      const decodeWholeFile = async () => [new Float32Array(100)];
      const audio = await read(bytes.subarray(0, bytes.length - missing), [100], { decodeWholeFile });
      expect(audio.chunkSamples).toEqual([100]);
      expect(audio.warnings.map(({ code }) => code)).toEqual(['EARSHOT_AUDIO_TRUNCATED']);
    }
  });

  it.each(FORMATS)('is refused without a decoder: %s', async (name) => {
    expect(await failureOf(read(fixture(name)))).toBe('EARSHOT_AUDIO_UNSUPPORTED');
  });

  it.each(['tones.m4a', 'tones-aac.mkv'])('is refused where no track of sound is described: %s', async (name) => {
    const decodeWholeFile = async () => [new Float32Array(1)];
    const bytes = fixture(name).subarray(0, 100);
    expect(await failureOf(read(bytes, [100], { decodeWholeFile }))).toBe('EARSHOT_AUDIO_UNSUPPORTED');
  });

  it('is not decoded in part where its source fails', async () => {
    const fault = new Error('unplugged');
    const source = async function* () {
      yield fixture('tones.aac');
      throw fault;
    };
    const decodeWholeFile = vi.fn(async () => [new Float32Array(1)]);
    await expect(openAudioStream(source(), { decodeWholeFile })).rejects.toBe(fault);
    expect(decodeWholeFile).not.toHaveBeenCalled();
  });

  it('is refused where it is longer than 64 MiB, without waiting for its end', async () => {
    let sent = 0;
    const endless = async function* () {
      yield fixture('tones.aac');
      for (;;) {
        yield new Uint8Array(1 << 20);
        sent++;
      }
    };
    const decodeWholeFile = async () => [new Float32Array(1)];
    const opening = openAudioStream(endless(), { decodeWholeFile });
    await expect(opening).rejects.toMatchObject({ code: 'EARSHOT_AUDIO_UNSUPPORTED' });
    expect(sent).toBeLessThanOrEqual(64);
  });

  it("is damaged where the decoder says so, but the decoder's own coded errors stay", async () => {
    const failing = (error: Error) => ({ decodeWholeFile: () => Promise.reject(error) });
    const plain = read(fixture('tones.aac'), [100], failing(new Error('no')));
    await expect(plain).rejects.toMatchObject({ code: 'EARSHOT_AUDIO_DAMAGED', message: expect.stringMatching('no') });
    const coded = new EarshotError('EARSHOT_AUDIO_BACKEND', 'no ALSA');
    await expect(read(fixture('tones.aac'), [100], failing(coded))).rejects.toBe(coded);
  });
});
