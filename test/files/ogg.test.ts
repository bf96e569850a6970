import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { areSame, concatBytes, concatFloats, failureOf, fixture, loudestHz, read, splits, start } from './helpers.js';

/** Pages as they stand in a file. */
function pagesOf(bytes: Uint8Array): Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const segments = bytes[at + 26];
    const table = bytes.subarray(at + 27, at + 27 + segments);
    const length = 27 + segments + table.reduce((sum, size) => sum + size, 0);
    pages.push(bytes.slice(at, at + length));
    at += length;
  }
  return pages;
}

/** RFC 3533's checksum, bit by bit. */
function withChecksum(page: Uint8Array): Uint8Array {
  const view = new DataView(page.buffer, page.byteOffset);
  view.setUint32(22, 0);
  let c = 0;
  for (const byte of page) {
    c ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) c = c < 0 ? (c << 1) ^ 0x04c11db7 : c << 1;
  }
  view.setUint32(22, c >>> 0, true);
  return page;
}

function edited(page: Uint8Array, edit: (page: Uint8Array) => void): Uint8Array {
  const copy = page.slice();
  edit(copy);
  return withChecksum(copy);
}

const GAIN_AT = 28 + 16;

describe('Ogg', () => {
  it.each([
    ['tones.ogg', 'ogg-vorbis', 16000],
    ['tones.opus', 'ogg-opus', 48000],
  ])('of %s is a second of its two tones', async (name, format, sampleRate) => {
    const audio = await read(fixture(name));
    expect(audio).toMatchObject({ format, sampleRate, channels: 2, warnings: [] });
    expect(audio.error).toBeUndefined();
    expect(audio.samples[0]).toHaveLength(sampleRate);
    expect(loudestHz(audio.samples[0], sampleRate)).toBe(440);
    expect(loudestHz(audio.samples[1], sampleRate)).toBe(1250);
  });

  it.each(['tones.ogg', 'tones.opus', 'chirp-16.oga'])('%s may be cut anywhere: whole pages are kept', async (name) => {
    const bytes = fixture(name);
    const { samples } = await read(bytes);
    const pages = pagesOf(bytes);
    const headers = pages.filter((page) => page.subarray(6, 14).every((byte) => byte === 0)).length;
    const firstAudioPages = pages.slice(0, headers + 1).reduce((sum, { length }) => sum + length, 0);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: firstAudioPages, max: bytes.length - 1 }), splits, async (length, sizes) => {
        const cut = await read(bytes.subarray(0, length), sizes);
        expect(cut.samples[0].length).toBeGreaterThan(0);
        expect(areSame(cut.samples, start(samples, cut.samples[0].length))).toBe(true);
        expect(cut.warnings.map(({ code }) => code)).toEqual(['EARSHOT_AUDIO_TRUNCATED']);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves out a damaged page, with one warning', async () => {
    const pages = pagesOf(fixture('chirp-16.oga'));
    const { samples } = await read(concatBytes(...pages));
    const middle = pages.length - 2;
    pages[middle][100] ^= 1;
    const audio = await read(concatBytes(...pages), [1000]);
    expect(audio.error).toBeUndefined();
    expect(audio.warnings.map(({ code }) => code)).toEqual(['EARSHOT_AUDIO_DAMAGED']);
    const kept = audio.samples[0].length;
    expect(kept).toBeLessThan(samples[0].length);
    expect(kept).toBeGreaterThan(0);
    const end = samples[0].subarray(samples[0].length - 100);
    expect(audio.samples[0].subarray(kept - 100)).toEqual(end);
  });

  it('decodes on where another file is chained', async () => {
    const bytes = fixture('tones.opus');
    const { samples } = await read(bytes);
    const chained = await read(concatBytes(bytes, fixture('tones.opus')), [777]);
    expect(chained.warnings).toEqual([]);
    expect(
      areSame(
        chained.samples,
        samples.map((channel) => concatFloats(channel, channel)),
      ),
    ).toBe(true);
  });

  it.each([
    ['tones.opus', 'tones-mono.opus'],
    ['tones.ogg', 'tones.opus'],
  ])('refuses a change of rate or channels, %s to %s, after everything before it', async (first, second) => {
    const { samples } = await read(fixture(first));
    const audio = await read(concatBytes(fixture(first), fixture(second)));
    expect(areSame(audio.samples, samples)).toBe(true);
    expect(audio.error).toMatchObject({ code: 'EARSHOT_AUDIO_UNSUPPORTED' });
  });

  it('takes the first of several streams beside each other', async () => {
    const vorbis = pagesOf(fixture('tones.ogg'));
    const opus = pagesOf(fixture('tones-mono.opus')).map((page) => edited(page, (p) => p.fill(0x77, 14, 18)));
    const woven = Array.from({ length: Math.max(vorbis.length, opus.length) }, (_, i) => [vorbis[i], opus[i]]).flat();
    const audio = await read(concatBytes(...woven.filter((page) => page !== undefined)));
    expect(audio.warnings).toEqual([]);
    expect(areSame(audio.samples, (await read(fixture('tones.ogg'))).samples)).toBe(true);
  });

  it('passes over a stream that is not ours, and refuses a file that has no other', async () => {
    const pages = pagesOf(fixture('tones.ogg'));
    const theora = edited(pages[0], (page) => {
      page.fill(0x77, 14, 18);
      page.set([0x80, 0x74, 0x68, 0x65, 0x6f, 0x72, 0x61], 28);
    });
    expect((await read(concatBytes(theora, ...pages))).samples[0]).toHaveLength(16000);
    expect(await failureOf(read(theora))).toBe('EARSHOT_AUDIO_UNSUPPORTED');
  });

  it('refuses a file of which the start is lost', async () => {
    const pages = pagesOf(fixture('tones.ogg'));
    expect(await failureOf(read(concatBytes(...pages.slice(1))))).toBe('EARSHOT_AUDIO_DAMAGED');
    expect(await failureOf(read(concatBytes(pages[0], ...pages.slice(2))))).toBe('EARSHOT_AUDIO_DAMAGED');
    expect(await failureOf(read(pages[0].subarray(0, 40)))).toBe('EARSHOT_AUDIO_DAMAGED');
    expect(await failureOf(read(pages[0]))).toBe('EARSHOT_AUDIO_EMPTY');
  });

  it("applies the gain of an Opus file's header", async () => {
    const pages = pagesOf(fixture('tones.opus'));
    const halved = edited(pages[0], (page) => new DataView(page.buffer).setInt16(GAIN_AT, -1541, true));
    const { samples } = await read(concatBytes(halved, ...pages.slice(1)));
    const plain = await read(fixture('tones.opus'));
    const ratio = Math.max(...samples[0]) / Math.max(...plain.samples[0]);
    expect(ratio).toBeCloseTo(10 ** (-1541 / 256 / 20), 5);
  });

  it.each([
    'tones.ogg',
    'tones.opus',
    'chirp-16.oga',
  ])('%s becomes samples or a coded error, whatever happens to its bytes, checksums true or not', async (name) => {
    vi.spyOn(console, 'error').mockReturnValue(); // libopus complains there of bad packets.
    const pages = pagesOf(fixture(name));
    const mutation = fc.record({ page: fc.nat({ max: pages.length - 1 }), at: fc.nat(), to: fc.nat({ max: 255 }) });
    const isTrue = fc.boolean();
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 10 }), isTrue, async (mutations, isTrue) => {
        const mutated = pages.map((page) => page.slice());
        for (const { page, at, to } of mutations) mutated[page][at % mutated[page].length] = to;
        await failureOf(read(concatBytes(...(isTrue ? mutated.map(withChecksum) : mutated))));
      }),
      { numRuns: 40 },
    );
  });
});
