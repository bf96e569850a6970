import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openAudioStream } from '../../src/files/open-stream.js';
import { areSame, drain, fixture, read, splits, wav } from './helpers.js';

const decoders = vi.hoisted(() => ({ alive: 0, made: 0 }));

/** A decoder's class that keeps count of those that are not freed. */
const counted = vi.hoisted(() => <T extends new () => { free(): void }>(Decoder: T): T => {
  const make = () => {
    const decoder = new Decoder();
    const free = decoder.free.bind(decoder);
    decoders.alive++;
    decoders.made++;
    decoder.free = () => {
      decoders.alive--;
      free();
    };
    return decoder;
  };
  return new Proxy(Decoder, { construct: make });
});

vi.mock('mpg123-decoder', async (original) => {
  const { MPEGDecoder } = await original<typeof import('mpg123-decoder')>();
  return { MPEGDecoder: counted(MPEGDecoder) };
});
vi.mock('@wasm-audio-decoders/ogg-vorbis', async (original) => {
  const { OggVorbisDecoder } = await original<typeof import('@wasm-audio-decoders/ogg-vorbis')>();
  return { OggVorbisDecoder: counted(OggVorbisDecoder) };
});
vi.mock('ogg-opus-decoder', async (original) => {
  const { OggOpusDecoder } = await original<typeof import('ogg-opus-decoder')>();
  return { OggOpusDecoder: counted(OggOpusDecoder) };
});

afterEach(() => {
  expect(decoders.alive).toBe(0);
  decoders.made = 0;
});

const STREAMED = [
  ['forms-ffmpeg-pipe.wav', 0],
  ['chirp-16.flac', 0],
  ['tones.mp3', 1],
  ['tones.ogg', 1],
  ['tones.opus', 1],
  ['chirp-16.oga', 0],
  ['tones-opus.webm', 1],
] as const;

/** Bytes in small pieces, which count whether they were all asked for and whether the source was ended. */
function source(bytes: Uint8Array, fault?: Error) {
  const seen = { bytes: 0, isClosed: false };
  const iterable = (async function* () {
    try {
      for (let at = 0; at < bytes.length; at += 512) {
        seen.bytes = at;
        yield bytes.subarray(at, at + 512);
      }
      if (fault !== undefined) throw fault;
    } finally {
      seen.isClosed = true;
    }
  })();
  return { seen, iterable };
}

describe.each(STREAMED)('openAudioStream on %s', (name, decodersNeeded) => {
  it('gives the same samples for any split of the bytes, in chunks of at most a second', async () => {
    const bytes = fixture(name);
    const whole = await read(bytes, [bytes.length]);
    expect(whole.samples[0].length).toBeGreaterThan(0);
    await fc.assert(
      fc.asyncProperty(splits, async (sizes) => {
        const { samples, chunkSamples, warnings } = await read(bytes, sizes);
        expect(areSame(samples, whole.samples)).toBe(true);
        expect(Math.max(...chunkSamples)).toBeLessThanOrEqual(whole.sampleRate);
        expect(Math.min(...chunkSamples)).toBeGreaterThan(0);
        expect(warnings).toEqual(whole.warnings);
      }),
      { numRuns: 12, examples: [[[1]]] },
    );
  });

  it('frees its decoder and its source when it is read to the end', async () => {
    const { seen, iterable } = source(fixture(name));
    await drain(await openAudioStream(iterable));
    expect(decoders.made).toBe(decodersNeeded);
    expect(seen.isClosed).toBe(true);
  });

  it('frees them when the reader leaves early', async () => {
    const { seen, iterable } = source(fixture(name));
    for await (const planar of await openAudioStream(iterable)) {
      expect(planar[0].length).toBeGreaterThan(0);
      break;
    }
    expect(decoders.made).toBe(decodersNeeded);
    expect(seen.isClosed).toBe(true);
  });

  it('frees its source when it is closed without being read, and gives nothing then', async () => {
    const { seen, iterable } = source(fixture(name));
    const stream = await openAudioStream(iterable);
    await stream.close();
    expect(seen.isClosed).toBe(true);
    expect((await drain(stream)).chunkSamples).toEqual([]);
  });

  it('hands out what it has before it throws the fault of its source', async () => {
    const fault = new Error('unplugged');
    const whole = await read(fixture(name));
    const { seen, iterable } = source(fixture(name), fault);
    const { samples, error } = await drain(await openAudioStream(iterable));
    expect(error).toBe(fault);
    expect(areSame(samples, whole.samples)).toBe(true);
    expect(seen.isClosed).toBe(true);
  });
});

describe('openAudioStream', () => {
  it('ends its source when the bytes are refused', async () => {
    const { seen, iterable } = source(new Uint8Array(100_000));
    await expect(openAudioStream(iterable)).rejects.toMatchObject({ code: 'EARSHOT_AUDIO_UNKNOWN' });
    expect(seen.isClosed).toBe(true);
    expect(seen.bytes).toBeLessThan(20_000);
  });

  it('gives out what a live source has sent, without waiting for more', async () => {
    const live = async function* () {
      yield wav({ riffBytes: 0, dataBytes: 0, data: new Uint8Array(640) });
      await new Promise(() => {});
    };
    const stream = await openAudioStream(live());
    const { value } = await stream[Symbol.asyncIterator]().next();
    expect(value[0]).toHaveLength(320);
  });

  it('passes the fault of a source on that has not begun', async () => {
    const fault = new Error('unplugged');
    const broken = () => source(new Uint8Array(0), fault).iterable;
    await expect(openAudioStream(broken())).rejects.toBe(fault);
    const raw = { encoding: 's16le', sampleRate: 8000, channels: 1 } as const;
    await expect(openAudioStream(broken(), { raw })).rejects.toBe(fault);
  });
});
