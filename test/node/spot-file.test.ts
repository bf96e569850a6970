import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { encodeS16 } from '../../src/audio/pcm.ts';
import type { SpotterEvent } from '../../src/events.ts';
import type { AudioWarning } from '../../src/files/audio-stream.ts';
import { spotFile } from '../../src/node/spot-file.ts';
import { Spotter } from '../../src/spotter.ts';
import { chunksOf, wav } from '../files/helpers.ts';
import { smallModel } from '../helpers/models.ts';
import { babble } from '../helpers/sound.ts';

const RATE = 16000;
const DECISION = { smoothingFrames: 3, threshold: 0.35, refractoryFrames: 5, minimumFrames: 2 };
const directory = mkdtempSync(join(tmpdir(), 'earshot-spot-'));
const PCM = encodeS16(babble(RATE, RATE));

const all = async (events: AsyncIterable<SpotterEvent>) => {
  const collected: SpotterEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
};

/** Samples as `encodeS16` has rounded them. */
const decoded = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true) / 32768);
};

/** Left and right, sample by sample. */
const interleaved = (left: Float32Array, right: Float32Array) =>
  Float32Array.from({ length: 2 * left.length }, (_, i) => (i % 2 === 0 ? left : right)[i >> 1]);

const floatBytes = (samples: Float32Array) => new Uint8Array(samples.buffer);

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(() => rmSync(directory, { recursive: true }));

describe('spotFile', () => {
  it('gives the events of a spotter, from a path and from bytes in chunks of any size', async () => {
    const model = await smallModel();
    const spotter = model.spotter({ sampleRate: RATE, decision: DECISION });
    const expected = [...spotter.push(decoded(PCM)), ...spotter.flush()];
    const path = join(directory, 'a.wav');
    const file = wav({ data: PCM });
    writeFileSync(path, file);
    expect(await all(spotFile(path, { model, decision: DECISION }))).toEqual(expected);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 9 }), async (sizes) => {
        expect(await all(spotFile(chunksOf(file, sizes), { model, decision: DECISION }))).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  it('hears the mean of the channels, or each of them, in order of time whatever the chunks are', async () => {
    const model = await smallModel();
    const [left, right] = [babble(RATE, RATE, 1), babble(RATE, RATE, 9).reverse()];
    const bytes = floatBytes(interleaved(left, right));
    const raw = { encoding: 'f32le', sampleRate: RATE, channels: 2 } as const;
    const hear = (samples: Float32Array) => {
      const spotter = model.spotter({ sampleRate: RATE, decision: DECISION });
      return [...spotter.push(samples), ...spotter.flush()];
    };
    const options = { model, raw, decision: DECISION };
    const mean = left.map((x, i) => (x + right[i]) / 2);
    expect(await all(spotFile(chunksOf(bytes), options))).toEqual(hear(mean));

    const apart = await all(spotFile(chunksOf(bytes), { ...options, perChannel: true }));
    [left, right].forEach((samples, channel) => {
      const expected = hear(samples).map((event) => ({ ...event, channel }));
      expect(apart.filter((event) => event.channel === channel)).toEqual(expected);
    });
    const times = apart.map((event) => (event.type === 'frame' ? event.time : event.end));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(await all(spotFile(chunksOf(bytes, [777]), { ...options, perChannel: true }))).toEqual(apart);
  });

  it('warns once of samples that are no numbers, with their count', async () => {
    const samples = babble(RATE, RATE);
    samples.set([Number.NaN, Infinity, -Infinity], 1000);
    const warnings: AudioWarning[] = [];
    const raw = { encoding: 'f32le', sampleRate: RATE, channels: 1 } as const;
    const onWarning = (warning: AudioWarning) => void warnings.push(warning);
    await all(spotFile(chunksOf(floatBytes(samples)), { model: await smallModel(), raw, onWarning }));
    expect(warnings).toMatchObject([{ code: 'EARSHOT_AUDIO_DAMAGED', message: expect.stringMatching(/^3 samples/) }]);
  });

  it('gives the memory back and closes its source when the caller leaves early', async () => {
    const dispose = vi.spyOn(Spotter.prototype, 'dispose');
    let isClosed = false;
    async function* source() {
      try {
        for (;;) yield PCM;
      } finally {
        isClosed = true;
      }
    }
    const raw = { encoding: 's16le', sampleRate: RATE, channels: 2 } as const;
    const model = await smallModel();
    for await (const event of spotFile(source(), { model, raw, perChannel: true })) {
      if (event.type === 'frame' && event.index === 20) break;
    }
    expect(isClosed).toBe(true);
    expect(dispose).toHaveBeenCalledTimes(2);
  });

  it('gives the memory back when the source fails, and passes the error on', async () => {
    const dispose = vi.spyOn(Spotter.prototype, 'dispose');
    async function* source() {
      yield wav({ data: PCM, dataBytes: 1e9 });
      throw new Error('unplugged');
    }
    await expect(all(spotFile(source(), { model: await smallModel() }))).rejects.toThrow('unplugged');
    expect(dispose).toHaveBeenCalledTimes(1);
  });

  it('refuses wrong options and still closes its source', async () => {
    let isClosed = false;
    async function* source() {
      try {
        yield wav({ data: PCM });
      } finally {
        isClosed = true;
      }
    }
    const options = { model: await smallModel(), decision: { threshold: 2 } };
    await expect(all(spotFile(source(), options))).rejects.toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT' });
    expect(isClosed).toBe(true);
    const none = { model: undefined as never };
    await expect(all(spotFile(source(), none))).rejects.toThrow('Expected `model` to be a Model, got undefined');
    const whole = wav({ data: PCM }) as never;
    await expect(all(spotFile(whole, options))).rejects.toThrow('Expected `source` to be an async iterable of bytes');
  });
});
