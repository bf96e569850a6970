import { once } from 'node:events';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { encodeS16 } from '../../src/audio/pcm.ts';
import type { SpotterEvent } from '../../src/events.ts';
import { SpotterTransform, type SpotterTransformOptions } from '../../src/node/spotter-transform.ts';
import { Spotter } from '../../src/spotter.ts';
import { chunksOf } from '../files/helpers.ts';
import { smallModel } from '../helpers/models.ts';
import { babble } from '../helpers/sound.ts';

const RATE = 16000;
const OPTIONS: SpotterTransformOptions = {
  sampleRate: RATE,
  decision: { smoothingFrames: 3, threshold: 0.35, refractoryFrames: 5, minimumFrames: 2 },
};
const SIGNAL = babble(RATE, RATE).map((x) => Math.round(x * 32768) / 32768);
const BYTES = Buffer.from(encodeS16(SIGNAL));

const model = await smallModel();

const heard = (): SpotterEvent[] => {
  const spotter = model.spotter({ sampleRate: RATE, ...(OPTIONS.decision && { decision: OPTIONS.decision }) });
  return [...spotter.push(SIGNAL), ...spotter.flush()];
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('SpotterTransform', () => {
  it('gives the same events as a spotter for any split of the bytes', async () => {
    const expected = heard();
    expect(expected.some(({ type }) => type === 'detection')).toBe(true);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 20 }),
        async (sizes, readableHighWaterMark) => {
          const stream = new SpotterTransform(model, { ...OPTIONS, readableHighWaterMark });
          expect(await Readable.from(chunksOf(BYTES, sizes)).pipe(stream).toArray()).toEqual(expected);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('hears channels apart', async () => {
    const stream = new SpotterTransform(model, { ...OPTIONS, channels: 2, perChannel: true });
    const both = Buffer.from(encodeS16(Float32Array.from({ length: 2 * RATE }, (_, i) => SIGNAL[i >> 1])));
    const events: SpotterEvent[] = await Readable.from([both]).pipe(stream).toArray();
    for (const channel of [0, 1]) {
      const expected = heard().map((event) => ({ ...event, channel }));
      expect(events.filter((event) => event.channel === channel)).toEqual(expected);
    }
  });

  it('gives detections alone', async () => {
    const stream = new SpotterTransform(model, { ...OPTIONS, frames: false });
    const events: SpotterEvent[] = await Readable.from([BYTES]).pipe(stream).toArray();
    expect(events).toEqual(heard().filter(({ type }) => type === 'detection'));
  });

  it('holds no more events than its mark while nobody reads, and lets the writer wait', async () => {
    const stream = new SpotterTransform(model, { ...OPTIONS, readableHighWaterMark: 4, writableHighWaterMark: 16_384 });
    let isTaken = false;
    stream.write(BYTES, () => {
      isTaken = true;
    });
    expect(stream.write(BYTES)).toBe(false);
    await new Promise(setImmediate);
    expect(stream.readableLength).toBe(4);
    expect(isTaken).toBe(false);
    expect(stream.writableNeedDrain).toBe(true);

    const first = stream.read();
    expect(first).toMatchObject({ type: 'frame', index: 0 });
    await new Promise(setImmediate);
    expect(stream.readableLength).toBe(4);
    expect(isTaken).toBe(false);

    let frames = 1;
    let most = 0;
    stream.end();
    for await (const event of stream) {
      most = Math.max(most, stream.readableLength);
      if (event.type === 'frame') frames++;
    }
    expect(frames).toBe(1 + Math.ceil((2 * 8000 - 256) / 160));
    // One more is made while one is taken.
    expect(most).toBeLessThanOrEqual(5);
  });

  it.each(['push', 'flush'] as const)('destroys itself with what goes wrong in %s, rather than throw', async (step) => {
    vi.spyOn(Spotter.prototype, step).mockImplementation(() => {
      throw new Error('no more');
    });
    const stream = new SpotterTransform(model, OPTIONS);
    const failed = once(stream, 'error');
    stream.end(BYTES);
    stream.resume();
    const [error] = await failed;
    expect(error.message).toBe('no more');
    expect(stream.destroyed).toBe(true);
  });

  it('warns of half a sample at the end and of samples that are no numbers', async () => {
    const codes: string[] = [];
    const options = { encoding: 'f32le', onWarning: ({ code }: { code: string }) => void codes.push(code) } as const;
    const stream = new SpotterTransform(model, options);
    const samples = Buffer.from(Float32Array.of(0, Number.NaN, 0).buffer);
    await Readable.from([samples, Buffer.alloc(3)])
      .pipe(stream)
      .toArray();
    expect(codes).toEqual(['EARSHOT_AUDIO_TRUNCATED', 'EARSHOT_AUDIO_DAMAGED']);
  });

  it('gives its memory back at the end, and when it is destroyed in the middle', async () => {
    const dispose = vi.spyOn(Spotter.prototype, 'dispose');
    await Readable.from([BYTES]).pipe(new SpotterTransform(model, OPTIONS)).toArray();
    expect(dispose).toHaveBeenCalledTimes(1);

    const stream = new SpotterTransform(model, { ...OPTIONS, readableHighWaterMark: 2 });
    stream.write(BYTES);
    for await (const event of stream) if (event.type === 'detection') break;
    expect(stream.destroyed).toBe(true);
    expect(dispose).toHaveBeenCalledTimes(2);
  });

  it.each([
    [{ sampleRate: 7 }, 'EARSHOT_AUDIO_RATE'],
    [{ encoding: 'mp3' as 'u8' }, 'EARSHOT_BAD_ARGUMENT'],
    [{ channels: 0 }, 'EARSHOT_BAD_ARGUMENT'],
  ])('refuses %o at once', (options, code) => {
    expect(() => new SpotterTransform(model, options)).toThrow(expect.objectContaining({ code }));
  });
});
