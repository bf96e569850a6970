import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areSame, ascii, concatBytes, failureOf, fixture, read, splits, start } from './helpers.js';

const BLOCK_SAMPLES = 1152;

describe('FLAC', () => {
  it.each([
    ['chirp-8.flac', 'chirp-8.wav'],
    ['chirp-16.flac', 'chirp-16.wav'],
    ['chirp-16-fixed.flac', 'chirp-16.wav'],
    ['chirp-16-piped.flac', 'chirp-16.wav'],
    ['chirp-24.flac', 'chirp-24.wav'],
    ['chirp-32.flac', 'chirp-32.wav'],
    ['chirp-16.oga', 'chirp-16.wav'],
  ])('of %s equals %s bit for bit', async (flac, wav) => {
    const compressed = await read(fixture(flac));
    const { sampleRate, channels, samples } = await read(fixture(wav));
    expect(compressed.format).toBe(flac.endsWith('.oga') ? 'ogg-flac' : 'flac');
    expect(compressed).toMatchObject({ sampleRate, channels, warnings: [] });
    expect(compressed.error).toBeUndefined();
    expect(areSame(compressed.samples, samples)).toBe(true);
  });

  it('may be cut anywhere: what came before is kept, with a warning', async () => {
    const bytes = fixture('chirp-16.flac');
    const { samples } = await read(bytes);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 6000, max: bytes.length - 1 }), splits, async (length, sizes) => {
        const cut = await read(bytes.subarray(0, length), sizes);
        expect(cut.samples[0].length).toBeGreaterThanOrEqual(BLOCK_SAMPLES);
        expect(areSame(cut.samples, start(samples, cut.samples[0].length))).toBe(true);
        expect(cut.warnings.map(({ code }) => code)).toEqual(['EARSHOT_AUDIO_TRUNCATED']);
        expect(cut.error).toBeUndefined();
      }),
      // The end lies within the header of a frame.
      {
        numRuns: 50,
        examples: [
          [7483, [1000]],
          [9788, [1]],
        ],
      },
    );
  });

  it('puts silence of the same length in the place of a frame with a damaged body', async () => {
    const bytes = fixture('chirp-16.flac');
    const { samples } = await read(bytes);
    const secondFrame = Buffer.from(bytes).indexOf(Uint8Array.of(0xff, 0xf8, 0x35, 0x18, 0x01));
    bytes[secondFrame + 300] ^= 0x10;
    const damaged = await read(bytes);
    const expected = samples.map((channel) => channel.slice().fill(0, BLOCK_SAMPLES, 2 * BLOCK_SAMPLES));
    expect(areSame(damaged.samples, expected)).toBe(true);
    expect(damaged.warnings).toEqual([
      expect.objectContaining({ code: 'EARSHOT_AUDIO_DAMAGED', message: expect.stringContaining('at 0.07 s') }),
    ]);
  });

  it('loses no more than one frame to a damaged bit, wherever that is', async () => {
    const bytes = fixture('chirp-16.flac');
    const { samples } = await read(bytes);
    const audioAt = 4 + 4 + 34 + 60;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: audioAt + 40, max: bytes.length - 1 }),
        fc.nat({ max: 7 }),
        splits,
        async (at, bit, sizes) => {
          const damaged = bytes.slice();
          damaged[at] ^= 1 << bit;
          const audio = await read(damaged, sizes);
          expect(audio.error).toBeUndefined();
          // The damaged last frame may seem to go on beyond the end.
          expect(audio.warnings[0].code).toMatch(/_DAMAGED$|_TRUNCATED$/);
          // A frame whose header is hit has no length: then what follows comes early.
          const lost = samples[0].length - audio.samples[0].length;
          expect([0, BLOCK_SAMPLES, samples[0].length % BLOCK_SAMPLES]).toContain(lost);
          if (lost > 0) return;
          const different = new Set<number>();
          for (const [i, sample] of audio.samples[0].entries()) {
            if (sample !== samples[0][i]) different.add(Math.floor(i / BLOCK_SAMPLES));
          }
          expect(different.size).toBe(1);
          const [block] = different;
          const silent = audio.samples[1].subarray(block * BLOCK_SAMPLES, (block + 1) * BLOCK_SAMPLES);
          expect(silent.every((sample) => sample === 0)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps what comes behind the number of samples that its header gives', async () => {
    const bytes = fixture('chirp-16.flac');
    const { samples } = await read(bytes);
    bytes.set([0, 0, 0, 9], 22);
    const audio = await read(bytes);
    expect(audio.warnings).toEqual([]);
    expect(areSame(audio.samples, samples)).toBe(true);
  });

  it('is not misled by an ID3 tag before it and one behind it', async () => {
    const bytes = fixture('chirp-16-piped.flac');
    const id3v2 = concatBytes(ascii('ID3'), [4, 0, 0, 0, 0, 1, 0], new Uint8Array(128));
    const { samples, format } = await read(concatBytes(id3v2, bytes));
    expect(format).toBe('flac');
    expect(areSame(samples, (await read(bytes)).samples)).toBe(true);
    const complete = fixture('chirp-16.flac');
    const tagged = await read(concatBytes(complete, ascii('TAG'), new Uint8Array(125)));
    expect(tagged.warnings).toEqual([]);
  });

  it.each([
    ['ends inside STREAMINFO', fixture('chirp-16.flac').subarray(0, 20), 'EARSHOT_AUDIO_DAMAGED'],
    ['ends inside its padding', fixture('chirp-16-fixed.flac').subarray(0, 3000), 'EARSHOT_AUDIO_DAMAGED'],
    ['has no STREAMINFO', concatBytes(ascii('fLaC'), [0x84, 0, 0, 1, 0], new Uint8Array(100)), 'EARSHOT_AUDIO_DAMAGED'],
    [
      'has no frame',
      concatBytes(fixture('chirp-16.flac').subarray(0, 4), [0x80], fixture('chirp-16.flac').subarray(5, 42)),
      'EARSHOT_AUDIO_EMPTY',
    ],
  ])('is refused where it %s', async (_name, bytes, code) => {
    expect(await failureOf(read(bytes))).toBe(code);
  });

  it('becomes samples or a coded error, whatever happens to its bytes', async () => {
    const bytes = fixture('chirp-8.flac');
    const mutation = fc.record({ at: fc.nat({ max: bytes.length - 1 }), to: fc.nat({ max: 255 }) });
    const early = fc.record({ at: fc.nat({ max: 200 }), to: fc.nat({ max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(mutation, early), { minLength: 1, maxLength: 30 }), async (mutations) => {
        const mutated = bytes.slice();
        for (const { at, to } of mutations) mutated[at] = to;
        const code = await failureOf(read(mutated));
        expect([
          undefined,
          'EARSHOT_AUDIO_DAMAGED',
          'EARSHOT_AUDIO_EMPTY',
          'EARSHOT_AUDIO_RATE',
          'EARSHOT_AUDIO_UNKNOWN',
        ]).toContain(code);
      }),
      { numRuns: 200 },
    );
  });
});
