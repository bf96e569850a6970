import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAudioStream } from '../../src/files/open-stream.js';
import { areSame, ascii, chunk, concatBytes, failureOf, fixture, little, read, splits, wav } from './helpers.js';

const PCM_SUBTYPE_TAIL = concatBytes(little(0, 4), little(0x0010, 2), [0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]);
const extensible = (tag: number, validBits: number, tail: Uint8Array = PCM_SUBTYPE_TAIL) =>
  concatBytes(little(22, 2), little(validBits, 2), little(1, 4), little(tag, 2), tail);

/** The samples of `forms-s16.wav`, read without our reader: SoX wrote its header in 44 bytes. */
const formsS16 = () => Float32Array.from(new Int16Array(fixture('forms-s16.wav').buffer, 44), (s) => s / 32768);

describe('WAV as other programs write it', () => {
  it.each([
    ['forms-s16.wav', 0],
    ['forms-s24.wav', 0],
    ['forms-s32.wav', 0],
    ['forms-f32.wav', 0],
    ['forms-f64.wav', 0],
    ['forms-rf64.wav', 0],
    ['forms-ffmpeg-pipe.wav', 0],
    ['forms-sox-pipe.wav', 0],
    ['forms-u8.wav', 1 / 128],
    ['forms-alaw.wav', 1 / 60],
    ['forms-mulaw.wav', 1 / 60],
  ])('reads %s without a warning', async (name, tolerance) => {
    const expected = formsS16();
    const { format, sampleRate, channels, samples, warnings, error } = await read(fixture(name));
    expect({ format, sampleRate, channels, warnings, error }).toEqual({
      format: 'wav',
      sampleRate: 8000,
      channels: 1,
      warnings: [],
      error: undefined,
    });
    expect(samples[0]).toHaveLength(800);
    const worst = Math.max(...samples[0].map((sample, i) => Math.abs(sample - expected[i])));
    expect(worst).toBeLessThanOrEqual(tolerance);
  });

  it('gives the same samples for any split of the bytes', async () => {
    const bytes = concatBytes(fixture('forms-ffmpeg-pipe.wav'), [7]);
    const whole = await read(bytes);
    await fc.assert(
      fc.asyncProperty(splits, async (sizes) => {
        const { samples, warnings } = await read(bytes, sizes);
        expect(areSame(samples, whole.samples)).toBe(true);
        expect(warnings).toEqual(whole.warnings);
      }),
    );
  });
});

describe('WAV field by field', () => {
  const sample = async (bytes: Uint8Array) => (await read(bytes)).samples[0][0];

  it.each([
    ['8 bits', { bits: 8, data: Uint8Array.of(64) }, -0.5],
    ['12 bits in two bytes, left-justified', { bits: 12, data: little(0x4000, 2) }, 0.5],
    ['24 bits', { bits: 24, data: little(0x400000, 3) }, 0.5],
    ['32 bits', { bits: 32, data: little(0x40000000, 4) }, 0.5],
    ['float 32', { tag: 3, bits: 32, data: new Uint8Array(Float32Array.of(0.25).buffer) }, 0.25],
    ['float 64', { tag: 3, bits: 64, data: new Uint8Array(Float64Array.of(0.25).buffer) }, 0.25],
    ['A-law', { tag: 6, bits: 8, data: Uint8Array.of(0xaa) }, 4032 / 4096],
    ['µ-law', { tag: 7, bits: 8, data: Uint8Array.of(0x80) }, 8031 / 8192],
    ['extensible PCM', { tag: 0xfffe, extension: extensible(1, 16), data: little(0x4000, 2) }, 0.5],
    [
      'extensible float',
      { tag: 0xfffe, bits: 32, extension: extensible(3, 32), data: new Uint8Array(Float32Array.of(0.25).buffer) },
      0.25,
    ],
  ])('reads %s', async (_name, parts, value) => {
    expect(await sample(wav(parts))).toBe(value);
  });

  it('deals out the channels and tells the rate', async () => {
    const audio = await read(
      wav({ channels: 2, sampleRate: 44100, data: concatBytes(little(0x4000, 2), little(0xc000, 2)) }),
    );
    expect(audio).toMatchObject({ sampleRate: 44100, channels: 2 });
    expect(audio.samples).toEqual([Float32Array.of(0.5), Float32Array.of(-0.5)]);
  });

  it('skips chunks of odd and of even length, and what stands behind the data', async () => {
    const before = concatBytes(chunk('LIST', ascii('abc')), chunk('junk', ascii('data')), chunk('cue ', little(0, 0)));
    const data = little(0x4000, 2);
    const { samples, warnings } = await read(concatBytes(wav({ before, data }), chunk('LIST', ascii('INFOmore'))));
    expect([...samples[0]]).toEqual([0.5]);
    expect(warnings).toEqual([]);
  });

  it.each(['RF64', 'BW64'])('takes the length of the data from the ds64 chunk of %s', async (riff) => {
    const data = concatBytes(little(0x4000, 2), little(0x2000, 2));
    const ds64 = chunk('ds64', concatBytes(little(0, 8), little(4, 8), little(2, 8), little(0, 4)));
    const parts = wav({ data, dataBytes: 0xffffffff });
    const bytes = concatBytes(
      ascii(riff),
      parts.subarray(4, 12),
      ds64,
      parts.subarray(12),
      ascii('LIST'),
      little(0, 4),
    );
    expect([...(await read(bytes)).samples[0]]).toEqual([0.5, 0.25]);
  });

  it.each([
    [0, 0],
    [0, 36],
    [0, 44],
    [0, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x7ffff000, 0x7ffff024],
    [0x7fffffff, 0x7fffffff],
    [0x80000000, 0x80000024],
  ])('takes a length of %i in a file of %i, which pipes write, for "until the end"', async (dataBytes, riffBytes) => {
    const { samples, warnings } = await read(wav({ data: new Uint8Array(1000), dataBytes, riffBytes }));
    expect(samples[0]).toHaveLength(500);
    expect(warnings).toEqual([]);
  });

  it('deals out 65,535 channels, even byte by byte', async () => {
    const channels = 65535;
    const bytes = wav({ channels, bits: 8, data: new Uint8Array(2 * channels).fill(192) });
    const { samples } = await read(bytes, [1]);
    expect(samples).toHaveLength(channels);
    expect([...samples[channels - 1]]).toEqual([0.5, 0.5]);
  });

  it('splits a long chunk into seconds', async () => {
    const { chunkSamples } = await read(wav({ sampleRate: 8000, data: new Uint8Array(40000) }));
    expect(chunkSamples).toEqual([8000, 8000, 4000]);
  });
});

describe('WAV that lies', () => {
  it.each([
    [
      'are missing',
      wav({ data: new Uint8Array(10), dataBytes: 1000 }),
      5,
      'The audio ends 990 bytes before its promised end',
    ],
    [
      'end inside a sample',
      wav({ data: new Uint8Array(11), dataBytes: 0, riffBytes: 0 }),
      5,
      'The audio ends in the middle of a sample',
    ],
    ['have a stray byte', wav({ data: new Uint8Array(11) }), 5, 'The audio ends in the middle of a sample'],
  ])('keeps what it has, with one warning, where data %s', async (_name, bytes, samples, message) => {
    const audio = await read(bytes);
    expect(audio.samples[0]).toHaveLength(samples);
    expect(audio.warnings).toEqual([{ code: 'EARSHOT_AUDIO_TRUNCATED', message }]);
  });

  it.each([
    ['no samples', wav({ data: new Uint8Array(0) }), 'EARSHOT_AUDIO_EMPTY'],
    [
      'no samples but a chunk after them',
      wav({ dataBytes: 0, data: chunk('LIST', ascii('INFOISFT\x04\0\0\0SoX\0')) }),
      'EARSHOT_AUDIO_EMPTY',
    ],
    ['half a sample', wav({ data: new Uint8Array(1) }), 'EARSHOT_AUDIO_EMPTY'],
    ['0 channels', wav({ channels: 0 }), 'EARSHOT_AUDIO_DAMAGED'],
    ['0 Hz', wav({ sampleRate: 0 }), 'EARSHOT_AUDIO_RATE'],
    ['7,999 Hz', wav({ sampleRate: 7999 }), 'EARSHOT_AUDIO_RATE'],
    ['192,001 Hz', wav({ sampleRate: 192001 }), 'EARSHOT_AUDIO_RATE'],
    ['frames of another size', wav({ frameBytes: 4 }), 'EARSHOT_AUDIO_DAMAGED'],
    ['0 bits', wav({ bits: 0 }), 'EARSHOT_AUDIO_UNSUPPORTED'],
    ['40 bits', wav({ bits: 40 }), 'EARSHOT_AUDIO_UNSUPPORTED'],
    ['floats of 16 bits', wav({ tag: 3, bits: 16 }), 'EARSHOT_AUDIO_UNSUPPORTED'],
    [
      'another extensible subtype',
      wav({ tag: 0xfffe, extension: extensible(1, 16, new Uint8Array(14)) }),
      'EARSHOT_AUDIO_UNSUPPORTED',
    ],
    ['a short extensible format', wav({ tag: 0xfffe }), 'EARSHOT_AUDIO_DAMAGED'],
    [
      'a short format',
      concatBytes(ascii('RIFF'), little(0, 4), ascii('WAVE'), chunk('fmt ', new Uint8Array(14))),
      'EARSHOT_AUDIO_DAMAGED',
    ],
    [
      'data before the format',
      concatBytes(ascii('RIFF'), little(0, 4), ascii('WAVE'), chunk('data', new Uint8Array(8))),
      'EARSHOT_AUDIO_DAMAGED',
    ],
    ['no data chunk', wav({ data: new Uint8Array(0) }).subarray(0, 36), 'EARSHOT_AUDIO_DAMAGED'],
    ['half a header', wav().subarray(0, 30), 'EARSHOT_AUDIO_DAMAGED'],
    [
      'a chunk longer than the file',
      wav({ before: concatBytes(ascii('LIST'), little(1e9, 4)) }),
      'EARSHOT_AUDIO_DAMAGED',
    ],
  ])('refuses %s', async (_name, bytes, code) => {
    expect(await failureOf(read(bytes))).toBe(code);
  });

  it.each([
    [0x11, 'IMA ADPCM'],
    [0x55, 'MP3'],
    [0x1234, 'tag 0x1234'],
  ])('names the codec of tag %i', async (tag, name) => {
    await expect(read(wav({ tag, bits: 4 }))).rejects.toThrow(name);
  });
});

describe('WAV by chance', () => {
  const valid = fc.record({
    riff: fc.constantFrom('RIFF', 'RF64', 'BW64'),
    codec: fc.constantFrom(
      { tag: 1, bits: 8 },
      { tag: 1, bits: 16 },
      { tag: 1, bits: 24 },
      { tag: 3, bits: 32 },
      { tag: 3, bits: 64 },
      { tag: 7, bits: 8 },
      { tag: 0xfffe, bits: 16, extension: extensible(1, 16) },
      { tag: 0xfffe, bits: 32, extension: extensible(3, 32) },
    ),
    channels: fc.integer({ min: 1, max: 9 }),
    sampleRate: fc.integer({ min: 8000, max: 192000 }),
    before: fc.constantFrom(new Uint8Array(0), chunk('LIST', ascii('abc')), chunk('ds64', new Uint8Array(28))),
    data: fc.uint8Array({ maxLength: 300, size: 'max' }),
  });
  const mutations = fc.array(fc.record({ at: fc.nat({ max: 90 }), to: fc.nat({ max: 255 }) }), { maxLength: 3 });
  const file = fc.oneof(
    fc
      .uint8Array({ maxLength: 200, size: 'max' })
      .map((bytes) => concatBytes(ascii('RIFF'), little(0, 4), ascii('WAVE'), bytes)),
    fc
      .record({ parts: valid, mutations, length: fc.oneof(fc.constant(Infinity), fc.integer({ min: 12, max: 800 })) })
      .map(({ parts, mutations, length }) => {
        const bytes = wav({ ...parts, ...parts.codec });
        for (const { at, to } of mutations) if (at >= 12 && at < bytes.length) bytes[at] = to;
        return bytes.subarray(0, length);
      }),
  );

  it('becomes samples or a coded error, no more of them than bytes, whatever the bytes are', async () => {
    let successes = 0;
    await fc.assert(
      fc.asyncProperty(file, splits, async (bytes, sizes) => {
        const code = await failureOf(
          read(bytes, sizes).then((audio) => {
            expect(audio.samples.length * audio.samples[0].length).toBeLessThanOrEqual(bytes.length);
            if (audio.error === undefined) successes++;
            return audio;
          }),
        );
        expect(code).not.toBe('EARSHOT_BAD_ARGUMENT');
      }),
      { numRuns: 4000 },
    );
    expect(successes).toBeGreaterThan(400);
  });
});

describe('an hour of WAV', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;

  it('is read in constant memory', async () => {
    const seconds = 3600;
    const second = new Uint8Array(32000);
    const hour = async function* () {
      yield wav({ data: new Uint8Array(0), dataBytes: seconds * second.length });
      for (let i = 0; i < seconds; i++) yield second;
    };
    let samples = 0;
    let most = 0;
    let atFirst = 0;
    for await (const [mono] of await openAudioStream(hour())) {
      samples += mono.length;
      if (samples % (16000 * 300) < mono.length) {
        collectGarbage();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        atFirst ||= heapUsed + arrayBuffers;
        most = Math.max(most, heapUsed + arrayBuffers);
      }
    }
    expect(samples).toBe(seconds * 16000);
    // Its samples take 230 MB; V8 gives memory back in its own time.
    expect(most - atFirst).toBeLessThan(60_000_000);
  });
});
