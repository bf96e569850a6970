import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventSink } from '../src/event-sink.ts';
import type { SpotterEvent } from '../src/events.ts';
import type { Model } from '../src/model.ts';
import type { PoolStream, SpotterPool } from '../src/spotter-pool.ts';
import { smallModel } from './helpers/models.ts';
import { babble, cut } from './helpers/sound.ts';

const DECISION = { smoothingFrames: 3, threshold: 0.35, refractoryFrames: 5, minimumFrames: 2, sustainedFrames: 4 };

interface Listener {
  stream: PoolStream;
  events: SpotterEvent[];
}

function open(pool: SpotterPool, sampleRate: number): Listener {
  const events: SpotterEvent[] = [];
  const stream: PoolStream = pool.open(
    {
      frame: (index, posteriors) => sink.frame(index, posteriors),
      detection: (label, score, start, end) => sink.detection(label, score, start, end),
    },
    { sampleRate, decision: DECISION },
  );
  const sink = eventSink(stream.timeline, stream.labels, (event) => events.push(event));
  return { stream, events };
}

function alone(model: Model, sampleRate: number, signal: Float32Array): SpotterEvent[] {
  const spotter = model.spotter({ sampleRate, decision: DECISION });
  const events = [...spotter.push(signal), ...spotter.flush()];
  spotter.dispose();
  return events;
}

const drain = (pool: SpotterPool): void => {
  while (pool.tick() > 0);
};

describe('SpotterPool', () => {
  it.each([
    'simd',
    'plain',
  ] as const)('gives each stream exactly what a spotter alone gives, however streams and chunks mix (%s)', async (kernels) => {
    const model = await smallModel({ convolutions: [{ channels: 9, kernel: 3, stride: 2 }] }, { kernels });
    const rates = [8000, 16000, 44100, 48000];
    const inputs = Array.from({ length: 37 }, (_, i) => {
      const sampleRate = rates[i % rates.length];
      return { sampleRate, signal: babble(Math.floor(sampleRate * (0.2 + 0.02 * i)), sampleRate, i) };
    });
    const expected = inputs.map(({ sampleRate, signal }) => alone(model, sampleRate, signal));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 3, maxLength: 9 }), (lengths) => {
        const pool = model.pool();
        const listeners = inputs.map(({ sampleRate }) => open(pool, sampleRate));
        const pieces = inputs.map(({ signal }, i) => cut(signal, [...lengths.slice(i % 3), ...lengths]));
        for (let round = 0; pieces.some((list) => list.length > round); round++) {
          listeners.forEach(({ stream }, i) => {
            const piece = pieces[i][round];
            if (piece) expect(stream.push(piece)).toBe(piece.length);
            if (round === pieces[i].length - 1) stream.flush();
          });
          if (round % 3 !== 0) pool.tick();
        }
        drain(pool);
        listeners.forEach(({ events, stream }, i) => {
          expect(events).toEqual(expected[i]);
          stream.dispose();
        });
        expect(pool.size).toBe(0);
      }),
      { numRuns: 8 },
    );
  });

  it('steps each stream by at most one frame a tick, and says how many it stepped', async () => {
    const pool = (await smallModel()).pool();
    const [a, b] = [open(pool, 8000), open(pool, 8000)];
    expect(pool.tick()).toBe(0);
    a.stream.push(new Float32Array(256 + 160));
    b.stream.push(new Float32Array(256));
    expect([pool.tick(), pool.tick(), pool.tick()]).toEqual([2, 1, 0]);
    expect([a.events.length, b.events.length]).toEqual([2, 1]);
  });

  it('takes integers of 16 bits for the floats that they stand for', async () => {
    const model = await smallModel();
    const pool = model.pool();
    const { stream, events } = open(pool, 16000);
    const integers = Int16Array.from(babble(9000, 16000), (sample) => Math.round(sample * 32767));
    const floats = Float32Array.from(integers, (integer) => integer / 32768);
    stream.push(integers.subarray(0, 2001));
    stream.push(floats.subarray(2001, 5000));
    stream.push(integers.subarray(5000));
    stream.flush();
    drain(pool);
    expect(events).toEqual(alone(model, 16000, floats));
  });

  it('takes no more than two seconds in advance, and loses nothing when the rest is offered again', async () => {
    const model = await smallModel();
    const pool = model.pool();
    const { stream, events } = open(pool, 16000);
    const signal = babble(80000, 16000);
    expect(stream.room).toBe(32000);
    expect(stream.push(signal)).toBe(32000);
    expect(stream.room).toBe(0);
    expect(stream.push(signal)).toBe(0);
    for (let at = 32000; at < signal.length; pool.tick()) at += stream.push(signal.subarray(at));
    stream.flush();
    drain(pool);
    expect(events).toEqual(alone(model, 16000, signal));
  });

  it('goes on from a snapshot of a spotter, and the other way round', async () => {
    const model = await smallModel();
    const signal = babble(24000, 16000);
    const expected = alone(model, 16000, signal);
    const spotter = model.spotter({ sampleRate: 16000, decision: DECISION });
    const first = spotter.push(signal.subarray(0, 10001));
    const pool = model.pool();
    const { stream, events } = open(pool, 16000);
    stream.push(new Float32Array(3000));
    stream.restore(spotter.snapshot());
    stream.push(signal.subarray(10001, 20003));
    drain(pool);
    spotter.restore(stream.snapshot());
    const last = [...spotter.push(signal.subarray(20003)), ...spotter.flush()];
    expect([...first, ...events, ...last]).toEqual(expected);
  });

  it('lets streams come and go between ticks', async () => {
    const model = await smallModel();
    const pool = model.pool();
    const signal = babble(16000, 8000);
    const steady = open(pool, 8000);
    for (let at = 0; at < signal.length; at += 800) {
      const passing = Array.from({ length: 20 }, (_, i) => open(pool, i % 2 ? 8000 : 48000));
      for (const { stream } of passing) stream.push(babble(at, 48000));
      steady.stream.push(signal.subarray(at, at + 800));
      pool.tick();
      for (const { stream } of passing) stream.dispose();
    }
    steady.stream.flush();
    drain(pool);
    expect(steady.events).toEqual(alone(model, 8000, signal));
  });

  it('lets a sink dispose of streams that the same tick has stepped', async () => {
    const model = await smallModel();
    const pool = model.pool();
    const signal = babble(4000, 8000);
    const streams: PoolStream[] = [];
    let frames = 0;
    const sink = {
      frame: () => {
        frames++;
        for (const stream of streams) stream.dispose();
      },
      detection: () => {},
    };
    for (let i = 0; i < 3; i++) streams.push(pool.open(sink));
    for (const stream of streams) stream.push(signal);
    drain(pool);
    expect([frames, pool.size]).toEqual([1, 0]);
    const { stream, events } = open(pool, 8000);
    stream.push(signal);
    stream.flush();
    drain(pool);
    expect(events).toEqual(alone(model, 8000, signal));
  });

  it('lets a sink reset or restore streams that the same tick has stepped: nothing is told of what they forgot', async () => {
    const model = await smallModel();
    const pool = model.pool();
    const signal = babble(4000, 8000);
    const heard = model.spotter({ decision: DECISION });
    heard.push(signal.subarray(0, 2000));
    const others = [open(pool, 8000), open(pool, 8000)];
    const first = pool.open({
      frame: () => {
        others[0].stream.reset();
        others[1].stream.restore(heard.snapshot());
      },
      detection: () => {},
    });
    for (const stream of [first, ...others.map((other) => other.stream)]) stream.push(signal);
    while (first.queuedSamples > 0) pool.tick();
    expect(others.map(({ events }) => events)).toEqual([[], []]);
    first.dispose();
    for (const { stream } of others) stream.push(signal.subarray(2000));
    for (const { stream } of others) stream.flush();
    drain(pool);
    expect(others[0].events).toEqual(alone(model, 8000, signal.subarray(2000)));
    expect(others[1].events).toEqual([...heard.push(signal.subarray(2000)), ...heard.flush()]);
  });

  it('goes on from a snapshot taken between the flush and its last frames', async () => {
    const model = await smallModel();
    const pool = model.pool();
    const [first, second] = [open(pool, 8000), open(pool, 8000)];
    const signal = babble(8000, 8000);
    first.stream.push(signal);
    drain(pool);
    const before = first.events.length;
    first.stream.flush();
    second.stream.restore(first.stream.snapshot());
    second.stream.flush();
    drain(pool);
    expect(second.events).toEqual(first.events.slice(before));
    expect(second.events.length).toBeGreaterThan(0);
    expect([...first.events]).toEqual(alone(model, 8000, signal));
  });

  it('refuses samples that are bytes', async () => {
    const { stream } = open((await smallModel()).pool(), 8000);
    expect(() => stream.push(new Uint8Array(100) as never)).toThrow(
      expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT' }),
    );
  });

  it('refuses samples after flush until reset, and any use after dispose', async () => {
    const model = await smallModel();
    const pool = model.pool();
    const { stream, events } = open(pool, 8000);
    stream.push(babble(1000, 8000, 9));
    stream.flush();
    stream.flush();
    expect(() => stream.push(new Float32Array(1))).toThrow(expect.objectContaining({ code: 'EARSHOT_ENDED' }));
    drain(pool);
    stream.reset();
    events.length = 0;
    const signal = babble(8000, 8000);
    stream.push(signal);
    stream.flush();
    drain(pool);
    expect(events).toEqual(alone(model, 8000, signal));
    stream.dispose();
    expect(() => stream.push(signal)).toThrow(expect.objectContaining({ code: 'EARSHOT_DISPOSED' }));
    expect(() => stream.reset()).toThrow(expect.objectContaining({ code: 'EARSHOT_DISPOSED' }));
  });
});
