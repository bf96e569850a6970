import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areSame, ascii, concatBytes, failureOf, fixture, loudestHz, read, splits, start } from './helpers.js';

const FRAME_SAMPLES = 576;
/** At 24 kbit/s and 16 kHz, without padding. */
const MONO_FRAME_BYTES = 108;

describe('MP3', () => {
  it.each([
    ['tones.mp3', 16000, 2, 16000],
    ['tones-44100.mp3', 44100, 2, 44100],
    ['tones.mp2', 16000, 2, 16000 + 992],
  ])('of %s has its two tones at %i Hz, in %i channels', async (name, sampleRate, channels, samples) => {
    const audio = await read(fixture(name));
    expect(audio).toMatchObject({ format: 'mp3', sampleRate, channels, warnings: [] });
    expect(audio.error).toBeUndefined();
    expect(Math.abs(audio.samples[0].length - samples)).toBeLessThan(1152);
    expect(loudestHz(audio.samples[0], sampleRate)).toBe(440);
    expect(loudestHz(audio.samples[1], sampleRate)).toBe(1250);
  });

  it("leaves out the encoder's delay and padding where they are stated", async () => {
    expect((await read(fixture('tones.mp3'))).samples[0]).toHaveLength(16000);
  });

  it('gives mono one channel, and every sample of every frame', async () => {
    const bytes = fixture('tones-mono.mp3');
    const audio = await read(bytes);
    expect(audio.channels).toBe(1);
    expect(audio.samples[0]).toHaveLength((bytes.length / MONO_FRAME_BYTES) * FRAME_SAMPLES);
  });

  it('may be cut anywhere: what came before is kept, with a warning', async () => {
    const bytes = fixture('tones-mono.mp3');
    const { samples } = await read(bytes);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 3 * MONO_FRAME_BYTES, max: bytes.length }), splits, async (length, sizes) => {
        const cut = await read(bytes.subarray(0, length), sizes);
        const frames = Math.floor(length / MONO_FRAME_BYTES);
        expect(areSame(cut.samples, start(samples, frames * FRAME_SAMPLES))).toBe(true);
        const rest = length % MONO_FRAME_BYTES;
        if (rest === 0) expect(cut.warnings).toEqual([]);
        else expect(cut.warnings).toHaveLength(1);
      }),
      { numRuns: 30 },
    );
  });

  it('may begin in the middle of a frame', async () => {
    const bytes = fixture('tones-mono.mp3');
    const audio = await read(bytes.subarray(50));
    expect(audio.warnings).toEqual([]);
    expect(audio.samples[0]).toHaveLength((bytes.length / MONO_FRAME_BYTES - 1) * FRAME_SAMPLES);
  });

  it('goes on after damage, with one warning', async () => {
    const bytes = fixture('tones-mono.mp3');
    const junk = new Uint8Array(3000).fill(0x55);
    const at = 10 * MONO_FRAME_BYTES;
    const { samples, warnings } = await read(concatBytes(bytes.subarray(0, at + 7), junk, bytes.subarray(at)), [100]);
    expect(warnings.map(({ code }) => code)).toEqual(['EARSHOT_AUDIO_DAMAGED']);
    expect(samples[0].length).toBeGreaterThanOrEqual((bytes.length / MONO_FRAME_BYTES - 1) * FRAME_SAMPLES);
  });

  it('passes over ID3, Lyrics and APE tags without a warning', async () => {
    const bytes = fixture('tones-mono.mp3');
    const picture = new Uint8Array(70000).fill(0xff);
    const id3v2 = concatBytes(ascii('ID3'), [3, 0, 0, 0, 4, 0x22, 0x70], picture);
    const { samples } = await read(bytes);
    for (const tag of ['TAG', 'APETAGEX', 'LYRICSBEGIN']) {
      const tagged = await read(concatBytes(id3v2, bytes, ascii(tag), new Uint8Array(128)));
      expect(tagged.warnings).toEqual([]);
      expect(areSame(tagged.samples, samples)).toBe(true);
    }
    const id3v1 = concatBytes(ascii('TAG'), new Uint8Array(125));
    const ape = concatBytes(
      ascii('APETAGEX'),
      [208, 7, 0, 0],
      [88, 2, 0, 0],
      new Uint8Array(16),
      picture.subarray(0, 600),
    );
    const lyrics = ascii('LYRICSBEGININF00002 1000011LYRICS200');
    for (const between of [id3v2, id3v1, ape, concatBytes(lyrics, id3v1), concatBytes(ape, id3v1, id3v2)]) {
      const twice = await read(concatBytes(bytes, between, bytes, between), [1000]);
      expect(twice.warnings).toEqual([]);
      expect(twice.samples[0]).toHaveLength(2 * samples[0].length);
    }
  });

  it.each([
    ['the sample rate', 'tones-44100.mp3'],
    ['the channels', 'tones.mp3'],
  ])('refuses a change of %s after everything before it', async (_what, next) => {
    const bytes = fixture('tones-mono.mp3');
    const { samples } = await read(bytes);
    const audio = await read(concatBytes(bytes, fixture(next)));
    expect(areSame(audio.samples, samples)).toBe(true);
    expect(audio.error).toMatchObject({ code: 'EARSHOT_AUDIO_UNSUPPORTED' });
  });

  it('becomes samples or a coded error, whatever happens to its bytes', async () => {
    const bytes = fixture('tones.mp3');
    const mutation = fc.record({ at: fc.nat({ max: bytes.length - 1 }), to: fc.nat({ max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 40, size: 'max' }), async (mutations) => {
        const mutated = bytes.slice();
        for (const { at, to } of mutations) mutated[at] = to;
        await failureOf(read(mutated));
      }),
      { numRuns: 60 },
    );
  });
});
