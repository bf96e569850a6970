import { connect, type SpotterEvent, subscribe } from 'earshot/client';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/model.ts';
import { openModel } from '../../src/node/open-model.ts';
import { randomSource } from '../helpers/sound.ts';
import { Line } from '../server/line.ts';
import { alone, startServer, type TestServer, words } from '../server/server.ts';

const CUTS = 60;

let server: TestServer;
let model: Model;
beforeAll(async () => {
  [server, model] = await Promise.all([startServer(), openModel()]);
});

/** All but frames, so that a difference is easy to read; then the frames. */
function expectSame(actual: SpotterEvent[], expected: SpotterEvent[]): void {
  const indexes = (events: SpotterEvent[]) => events.flatMap((event) => (event.type === 'frame' ? [event.index] : []));
  expect(indexes(actual)).toEqual(indexes(expected));
  expect(actual).toEqual(expected);
}

async function collect(events: AsyncIterable<SpotterEvent>): Promise<SpotterEvent[]> {
  const all: SpotterEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The samples three times over: thirty seconds or so with twenty words or so. */
function longSpeech() {
  const { sampleRate, samples } = words();
  const long = new Float32Array(6 * samples.length);
  for (let i = 0; i < 6; i++) long.set(samples, i * samples.length);
  return { sampleRate, samples: long };
}

describe('connect', () => {
  it('sends samples, gives events to a loop and to callbacks, and closes with totals after the last event', async () => {
    const { sampleRate, samples } = words();
    const client = await connect(server.url, { sampleRate, name: 'whole' });
    const detections: string[] = [];
    client.on('detection', ({ label }) => detections.push(label));
    const events = collect(client);
    for (let at = 0; at < samples.length; at += 1600) await client.send(samples.subarray(at, at + 1600));
    const totals = await client.close();
    const expected = alone(model, sampleRate, samples);
    expectSame(await events, expected);
    expect(detections).toEqual(expected.flatMap((event) => (event.type === 'detection' ? [event.label] : [])));
    expect(totals).toEqual({
      samples: samples.length,
      frames: expected.length - detections.length,
      detections: detections.length,
    });
    expect([client.state, client.name, client.labels]).toEqual(['closed', 'whole', model.labels]);
    await expect(client.send(samples)).rejects.toMatchObject({ code: 'EARSHOT_ENDED' });
  });

  it(`goes on after ${CUTS} cuts at random moments as if nothing had been, no event missing, none twice`, async () => {
    const { sampleRate, samples } = longSpeech();
    const line = await Line.to(server.url);
    const random = randomSource(42);
    const client = await connect(line.url, { sampleRate });
    const events = collect(client);
    const every = Math.floor(samples.length / CUTS);
    let cuts = 0;
    client.on('state', ({ state }) => {
      if (state === 'reconnecting') cuts++;
    });
    const opened = () =>
      new Promise<void>((resolve) => {
        const off = client.on('state', ({ state }) => {
          if (state !== 'open') return;
          off();
          resolve();
        });
      });
    for (let at = 0; at < samples.length; ) {
      const until = Math.min(samples.length, at + every);
      while (at < until) {
        const end = Math.min(until, at + 1 + Math.floor((random() + 1) * 900));
        await client.send(samples.subarray(at, end));
        at = end;
      }
      if (random() > 0) await new Promise((resolve) => setTimeout(resolve, 4 * (random() + 1)));
      const again = opened();
      line.cut();
      await again;
    }
    await client.close();
    expect(cuts).toBeGreaterThanOrEqual(CUTS);
    expectSame(await events, alone(model, sampleRate, samples));
    line.close();
  });

  it('takes its session over when the line went silent without closing', async () => {
    const { sampleRate, samples } = words();
    const line = await Line.to(server.url);
    const client = await connect(line.url, { sampleRate });
    const events = collect(client);
    await client.send(samples.subarray(0, 20001));
    line.silence();
    await client.send(samples.subarray(20001));
    expect(await client.close()).toMatchObject({ samples: samples.length });
    expectSame(await events, alone(model, sampleRate, samples));
    line.close();
  }, 30_000);

  it('holds no more audio than it was allowed to', async () => {
    const line = await Line.to(server.url);
    const client = await connect(line.url, { sampleRate: 16000, bufferSeconds: 2 });
    line.close();
    void client.send(new Float32Array(30000)).catch(() => {});
    await expect(client.send(new Float32Array(3000))).rejects.toMatchObject({ code: 'EARSHOT_CLIENT_BUFFER_FULL' });
    expect(client.bufferedAmount).toBe(60000);
  });

  it('flushes, resets and configures, each with its answer', async () => {
    const { sampleRate, samples } = words();
    const client = await connect(server.url, { sampleRate, events: ['detection'] });
    const events = collect(client);
    void client.send(samples);
    await client.flush();
    await client.configure({ threshold: 1 });
    void client.send(samples);
    await client.reset();
    await client.close();
    expect(await events).toEqual(alone(model, sampleRate, samples).filter(({ type }) => type === 'detection'));
  });

  it.each([
    [{ sampleRate: 12345 }, 'EARSHOT_AUDIO_RATE'],
    [{ sampleRate: 16000, model: 'nothing' }, 'EARSHOT_MODEL_NOT_FOUND'],
    [{ sampleRate: 16000, name: 'a b' }, 'EARSHOT_PARAMETER'],
  ])('is refused with a code: %o', async (options, code) => {
    await expect(connect(server.url, options)).rejects.toMatchObject({ code });
  });

  it('says so when there is no server', async () => {
    await expect(connect('ws://127.0.0.1:1', { sampleRate: 8000 })).rejects.toMatchObject({
      code: 'EARSHOT_CONNECTION',
    });
  });
});

describe('subscribe', () => {
  it('hears what producers say, by name and kind, and misses nothing over a lost connection', async () => {
    const { sampleRate, samples } = words();
    const line = await Line.to(server.url);
    const heard = await subscribe(line.url, {
      stream: 'watched',
      events: ['stream_opened', 'detection', 'stream_closed'],
    });
    const frames = await subscribe(server.url, { stream: 'watched', events: ['frame'] });
    const got: SpotterEvent[] = [];
    frames.on('frame', ({ seq: _, stream, ...event }) => {
      expect(stream).toBe('watched');
      got.push(event);
    });
    const types: string[] = [];
    const reading = (async () => {
      for await (const event of heard) {
        types.push(event.type === 'detection' ? event.label : event.type);
        if (types.length === 3) line.cut();
        if (event.type === 'stream_closed') heard.close();
      }
    })();
    const [client, other] = await Promise.all([
      connect(server.url, { sampleRate, name: 'watched', events: [] }),
      connect(server.url, { sampleRate, name: 'other' }),
    ]);
    await Promise.all([client.send(samples), other.send(samples)]);
    await Promise.all([client.close(), other.close()]);
    await reading;
    const expected = alone(model, sampleRate, samples);
    const labels = expected.flatMap((event) => (event.type === 'detection' ? [event.label] : []));
    expect(types).toEqual(['stream_opened', ...labels, 'stream_closed']);
    expect(got).toEqual(expected.filter(({ type }) => type === 'frame'));
    frames.close();
    line.close();
  });
});
