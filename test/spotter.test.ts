import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventSink } from '../src/event-sink.ts';
import type { DetectionEvent, FrameEvent, SpotterEvent } from '../src/events.ts';
import { spot } from '../src/spot.ts';
import type { Spotter } from '../src/spotter.ts';
import { smallModel } from './helpers/models.ts';
import { babble, cut } from './helpers/sound.ts';

const RATES = [8000, 11025, 16000, 44100, 48000];
const DECISION = { smoothingFrames: 3, threshold: 0.35, refractoryFrames: 5, minimumFrames: 2, sustainedFrames: 4 };

const hear = (spotter: Spotter, pieces: Float32Array[]): SpotterEvent[] => {
  const events = pieces.flatMap((piece) => spotter.push(piece));
  return [...events, ...spotter.flush()];
};
const detections = (events: SpotterEvent[]) => events.filter((e): e is DetectionEvent => e.type === 'detection');
const frames = (events: SpotterEvent[]) => events.filter((e): e is FrameEvent => e.type === 'frame');

describe('Spotter.push', () => {
  it.each(RATES)('gives the same events for any split of the input, at %i Hz', async (sampleRate) => {
    const model = await smallModel({ convolutions: [{ channels: 9, kernel: 3, stride: 2 }] });
    const options = { sampleRate, decision: DECISION };
    const signal = babble(Math.floor(sampleRate * 1.3), sampleRate);
    const whole = hear(model.spotter(options), [signal]);
    expect(detections(whole).length).toBeGreaterThan(0);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 }), (lengths) => {
        const spotter = model.spotter(options);
        expect(hear(spotter, cut(signal, lengths))).toEqual(whole);
        spotter.dispose();
      }),
      { numRuns: 30 },
    );
    for (const length of [1, 128, sampleRate]) {
      expect(hear(model.spotter(options), cut(signal, [length]))).toEqual(whole);
    }
  });

  it('takes integers of 16 bits for the floats that they stand for', async () => {
    const model = await smallModel();
    const integers = Int16Array.from(babble(10_000, 16000), (sample) => Math.round(sample * 32767));
    integers.set([32767, -32768]);
    const floats = Float32Array.from(integers, (integer) => integer / 32768);
    const expected = hear(model.spotter({ sampleRate: 16000 }), [floats]);
    const spotter = model.spotter({ sampleRate: 16000 });
    const first = spotter.push(integers.subarray(0, 7001));
    expect([...first, ...hear(spotter, [floats.subarray(7001, 9000), floats.subarray(9000)])]).toEqual(expected);
  });

  it('gives a frame every hop, whose time is the end of its window', async () => {
    const model = await smallModel();
    for (const sampleRate of RATES) {
      const events = frames(model.spotter({ sampleRate }).push(babble(sampleRate, sampleRate)));
      events.forEach((event, k) => {
        expect(event.index).toBe(k);
        expect(event.time).toBeCloseTo((k * 160 + 256) / 8000, 12);
        expect(event.sample).toBe(Math.round(event.time * sampleRate));
      });
      const held = (48 * 160 + 256) / 8000;
      expect(events.length).toBeGreaterThanOrEqual(48);
      expect(events.at(-1)?.time).toBeLessThanOrEqual(Math.max(held, 1));
    }
  });

  it('gives posteriors that are probabilities, whatever the samples', async () => {
    const model = await smallModel();
    const wild = fc.oneof(
      fc.constantFrom(Number.NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1e9, 1e-45, 0, 1, -1, 2),
      fc.float({ noDefaultInfinity: true, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(wild, { minLength: 600, maxLength: 900 }), fc.constantFrom(...RATES), (values, rate) => {
        for (const extractor of ['fused', 'meyda'] as const) {
          const spotter = model.spotter({ sampleRate: rate, extractor });
          for (const { posteriors } of frames(hear(spotter, [Float32Array.from(values)]))) {
            const sum = posteriors.reduce((a, b) => a + b, 0);
            expect(sum).toBeCloseTo(1, 5);
            for (const p of posteriors) expect(p >= 0 && p <= 1).toBe(true);
          }
          spotter.dispose();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes samples that are not finite as 0, and counts them', async () => {
    const model = await smallModel();
    for (const sampleRate of [8000, 16000]) {
      const clean = babble(sampleRate, sampleRate);
      const dirty = clean.slice();
      for (const at of [0, 100, 101, 7000]) {
        clean[at] = 0;
        dirty[at] = [Number.NaN, Infinity, -Infinity, 2e9][at % 4];
      }
      const spotter = model.spotter({ sampleRate });
      expect(hear(spotter, [dirty])).toEqual(hear(model.spotter({ sampleRate }), [clean]));
      expect(spotter.replacedSamples).toBe(4);
    }
  });

  it('tells a sink the same as it returns, with one view for all posteriors', async () => {
    const model = await smallModel();
    const signal = babble(8000, 8000);
    const views = new Set<Float32Array>();
    const told: SpotterEvent[] = [];
    const spotter = model.spotter({ decision: DECISION });
    const sink = eventSink(spotter.timeline, spotter.labels, (event) => told.push(event));
    const spy = {
      ...sink,
      frame: (index: number, posteriors: Float32Array) => {
        views.add(posteriors);
        sink.frame(index, posteriors);
      },
    };
    spotter.push(signal, spy);
    spotter.flush(spy);
    expect(told).toEqual(hear(model.spotter({ decision: DECISION }), [signal]));
    expect(views.size).toBe(1);
  });

  it('agrees between plain and SIMD kernels within 1e-4', async () => {
    for (const cell of ['rnn', 'gru', 'lstm'] as const) {
      const events = await Promise.all(
        (['plain', 'simd'] as const).map(async (kernels) => {
          const model = await smallModel({ cell, hiddenSize: 33 }, { kernels });
          expect(model.kernels.name).toBe(kernels);
          return frames(hear(model.spotter({ sampleRate: 44100 }), [babble(88200, 44100)]));
        }),
      );
      expect(events[0].length).toBe(events[1].length);
      events[0].forEach(({ posteriors }, k) => {
        posteriors.forEach((p, i) => {
          expect(Math.abs(p - events[1][k].posteriors[i])).toBeLessThan(1e-4);
        });
      });
    }
  });

  it.each([
    ['samples that are no Float32Array', [0, 1] as unknown as Float32Array],
    ['no samples at all', undefined as unknown as Float32Array],
  ])('refuses %s', async (_, samples) => {
    const spotter = (await smallModel()).spotter();
    expect(() => spotter.push(samples)).toThrow(expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT' }));
  });

  it.each([0, 7999, 192001, 16000.5, Number.NaN])('refuses a sample rate of %d', async (sampleRate) => {
    const model = await smallModel();
    expect(() => model.spotter({ sampleRate })).toThrow(expect.objectContaining({ code: 'EARSHOT_AUDIO_RATE' }));
  });
});

describe('Spotter.flush', () => {
  it('pads so that each sample is in a frame, and ends the stream', async () => {
    const model = await smallModel();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2000 }), (n) => {
        const spotter = model.spotter();
        const before = frames(spotter.push(babble(n, 8000))).length;
        const after = before + frames(spotter.flush()).length;
        expect(before).toBe(Math.max(0, Math.floor((n - 256) / 160) + 1));
        expect(after).toBe(n === 0 ? 0 : 1 + Math.max(0, Math.ceil((n - 256) / 160)));
        expect(spotter.flush()).toEqual([]);
        expect(() => spotter.push(new Float32Array(1))).toThrow(expect.objectContaining({ code: 'EARSHOT_ENDED' }));
        spotter.dispose();
      }),
    );
  });
});

describe('Spotter.reset', () => {
  it('forgets everything: the stream starts as a fresh one does', async () => {
    const model = await smallModel({ cell: 'lstm', convolutions: [{ channels: 8, kernel: 4, stride: 2 }] });
    const options = { sampleRate: 22050, decision: DECISION };
    const signal = babble(30000, 22050, 3);
    const fresh = hear(model.spotter(options), [signal]);
    const spotter = model.spotter(options);
    for (const n of [1, 777, 20001]) {
      spotter.push(babble(n, 22050, n));
      spotter.reset();
    }
    expect(hear(spotter, [signal])).toEqual(fresh);
    spotter.reset();
    expect(spotter.replacedSamples).toBe(0);
    expect(hear(spotter, [signal])).toEqual(fresh);
  });
});

describe('spotters of one model', () => {
  it('do not disturb each other, while others come and go', async () => {
    const model = await smallModel();
    const rates = [8000, 16000, 48000];
    const signals = rates.map((rate, i) => babble(rate, rate, i + 1));
    const alone = rates.map((sampleRate, i) => hear(model.spotter({ sampleRate }), [signals[i]]));
    const together = rates.map((sampleRate) => model.spotter({ sampleRate }));
    const heard: SpotterEvent[][] = rates.map(() => []);
    for (let part = 0; part < 10; part++) {
      const passing = Array.from({ length: 20 }, () => model.spotter({ sampleRate: 44100 }));
      for (const spotter of passing) spotter.push(babble(500, 44100));
      for (const spotter of passing.slice(part)) spotter.dispose();
      rates.forEach((rate, i) => {
        heard[i].push(...together[i].push(signals[i].subarray((part * rate) / 10, ((part + 1) * rate) / 10)));
      });
    }
    rates.forEach((_, i) => {
      heard[i].push(...together[i].flush());
      expect(heard[i]).toEqual(alone[i]);
    });
  });

  it('may be disposed of by their own sink, without harm to the others', async () => {
    const model = await smallModel();
    const signal = babble(10_000, 8000);
    const expected = hear(model.spotter(), [signal]);
    const inPush = model.spotter();
    let frames = 0;
    const disposeOf = (spotter: Spotter) => ({
      frame: () => {
        frames++;
        spotter.dispose();
      },
      detection: () => {},
    });
    inPush.push(signal, disposeOf(inPush));
    const inFlush = model.spotter();
    inFlush.push(signal.subarray(0, 100));
    inFlush.flush(disposeOf(inFlush));
    expect(frames).toBe(2);
    expect(() => inPush.push(signal)).toThrow(expect.objectContaining({ code: 'EARSHOT_DISPOSED' }));
    expect(hear(model.spotter(), [signal])).toEqual(expected);
  });

  it('tell a sink nothing more that has disposed of them, and hear on when it has reset them, even at their end', async () => {
    const model = await smallModel({ decision: { threshold: 0, smoothingFrames: 1 } });
    const signal = babble(10_000, 8000);
    const gone = model.spotter();
    let detections = 0;
    gone.push(signal, { frame: () => gone.dispose(), detection: () => detections++ });
    expect(detections).toBe(0);
    const expected = hear(model.spotter(), [signal]);
    const again = model.spotter();
    again.push(signal.subarray(0, 100));
    again.flush({ frame: () => again.reset(), detection() {} });
    expect(hear(again, [signal])).toEqual(expected);
  });

  it.each([
    [{ samplerate: 48_000 }, 'There is no `samplerate` in `options`, only sampleRate, extractor, decision'],
    [{ decision: 5 }, 'Expected `decision` to be an object, got 5'],
    [null, 'Expected `options` to be an object, got null'],
  ])('refuse %j', async (options, message) => {
    const model = await smallModel();
    const refused = expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT', message });
    expect(() => model.spotter(options as object)).toThrow(refused);
    expect(() => model.pool().open({ frame() {}, detection() {} }, options as object)).toThrow(refused);
  });

  it('give their memory back when disposed, and are of no use afterwards', async () => {
    const model = await smallModel();
    model.spotter({ sampleRate: 16000 }).dispose();
    const size = model.kernels.memory.i8.length;
    for (let i = 0; i < 5000; i++) model.spotter({ sampleRate: 16000 }).dispose();
    expect(model.kernels.memory.i8.length).toBe(size);
    const spotter = model.spotter();
    spotter.dispose();
    spotter.dispose();
    const uses = [
      () => spotter.push(new Float32Array(1)),
      () => spotter.flush(),
      () => spotter.snapshot(),
      () => spotter.configure({ threshold: 0.5 }),
      () => spotter.replacedSamples,
    ];
    for (const use of uses) {
      expect(use).toThrow(expect.objectContaining({ code: 'EARSHOT_DISPOSED' }));
    }
  });
});

describe('Spotter.configure', () => {
  it('changes thresholds from the next frame on, for this spotter alone', async () => {
    const model = await smallModel();
    const signal = babble(16000, 8000);
    const spotter = model.spotter({ decision: DECISION });
    const other = model.spotter({ decision: DECISION });
    spotter.configure({ threshold: 1 });
    expect(detections(hear(spotter, [signal]))).toEqual([]);
    expect(detections(hear(other, [signal])).length).toBeGreaterThan(0);
    expect(model.config.decision.threshold).toBe(0.8);
  });

  it.each([
    { threshold: 1.5 },
    { thresholds: { maybe: 0.5 } },
    { smoothingFrames: 9 },
    { refractoryFrames: -1 },
  ])('refuses %o', async (changes) => {
    const spotter = (await smallModel()).spotter();
    expect(() => spotter.configure(changes)).toThrow(expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT' }));
  });
});

describe('spot', () => {
  it('iterates over the events of a stream of chunks, flush included', async () => {
    const model = await smallModel();
    const signal = babble(20000, 16000);
    const expected = hear(model.spotter({ sampleRate: 16000 }), [signal]);
    async function* chunks() {
      yield* cut(signal, [999, 1, 4000]);
    }
    for (const source of [cut(signal, [500]), chunks()]) {
      const events: SpotterEvent[] = [];
      for await (const event of spot(model.spotter({ sampleRate: 16000 }), source)) events.push(event);
      expect(events).toEqual(expected);
    }
  });
});
