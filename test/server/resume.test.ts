import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { SpotterEvent } from '../../src/events.ts';
import type { Model } from '../../src/model.ts';
import { openModel } from '../../src/node/open-model.ts';
import { randomSource } from '../helpers/sound.ts';
import { Line } from './line.ts';
import { alone, encodeS16, eventsOf, type Message, RawClient, startServer, type TestServer, words } from './server.ts';

const CUTS = 500;
const RECORDINGS = 6;

let server: TestServer;
let model: Model;
beforeAll(async () => {
  [server, model] = await Promise.all([startServer(), openModel()]);
});

/** More than thirty seconds with more than ten words. */
function speech(): { sampleRate: number; samples: Float32Array } {
  const { sampleRate, samples } = words();
  const long = new Float32Array(RECORDINGS * samples.length);
  for (let i = 0; i < RECORDINGS; i++) long.set(samples, i * samples.length);
  return { sampleRate, samples: long };
}

/** A producer that remembers only what the protocol asks it to: its audio, its token and the last number it heard. */
class Resumer {
  readonly messages: Message[] = [];
  readonly #url: string;
  readonly #query: string;
  readonly #bytes: Uint8Array;
  readonly #bytesPerSample: number;
  #token: string | undefined;

  constructor(url: string, query: string, bytes: Uint8Array, bytesPerSample: number) {
    this.#url = url;
    this.#query = query;
    this.#bytes = bytes;
    this.#bytesPerSample = bytesPerSample;
  }

  /** Connects, sends what the server does not have up to this byte, and does as told. What comes in until the end counts. */
  async visit(untilByte: number, leave: (client: RawClient) => void | Promise<void>): Promise<void> {
    const client = new RawClient(`${this.#url}/v1/stream?${this.#token ? this.#resumption : this.#query}`);
    const ready = await client.next('ready');
    this.#token = ready.token;
    client.send(this.#bytes.subarray(this.#bytesPerSample * ready.resume_from, untilByte));
    await leave(client);
    await client.closed;
    this.messages.push(...client.messages);
  }

  get events(): SpotterEvent[] {
    return eventsOf(this.messages);
  }

  get #resumption(): string {
    const numbered = this.messages.findLast(({ type, seq }) => seq !== undefined && type !== 'ack');
    return `token=${this.#token}&last_seq=${numbered?.seq ?? 0}`;
  }
}

const close = (client: RawClient): void => client.send({ type: 'close' });

describe('a stream whose connection is lost', () => {
  it(`${CUTS} times at any byte goes on as if nothing had been: no event is missing, none comes twice`, async () => {
    const { sampleRate, samples } = speech();
    const bytes = encodeS16(samples);
    const line = await Line.to(server.url);
    const random = randomSource(500);
    const producer = new Resumer(line.url, `sample_rate=${sampleRate}`, bytes, 2);
    const cuts = Array.from({ length: CUTS }, () => Math.floor(((random() + 1) / 2) * bytes.length)).sort(
      (a, b) => a - b,
    );
    for (const cut of cuts) {
      await producer.visit(cut, async () => {
        // Sometimes at once, when the audio is still on its way; sometimes among the answers.
        if (random() > 0) await sleep(3 * (random() + 1));
        line.cut();
      });
    }
    await producer.visit(bytes.length, close);
    expect(producer.events).toEqual(alone(model, sampleRate, samples));
    expect(producer.messages.filter(({ type }) => type === 'ready').length).toBe(CUTS + 1);
    line.close();
  });

  it.each([
    ['frame_format=binary&frames_per_message=3', 'linear16', 2],
    ['frames_per_message=7&channels=2', 'f32le', 8],
    ['frame_every=5', 'mulaw', 1],
  ])('goes on the same with %s and %s', async (query, encoding, frameBytes) => {
    const { sampleRate, samples } = words();
    const bytes = encoding === 'linear16' ? encodeS16(samples) : noiseBytes(frameBytes * 30_000);
    const whole = `sample_rate=${sampleRate}&encoding=${encoding}&${query}`;
    const unbroken = new Resumer(server.url, whole, bytes, frameBytes);
    await unbroken.visit(bytes.length, close);
    const broken = new Resumer(server.url, whole, bytes, frameBytes);
    for (let at = 0; at < bytes.length; at += 7001) {
      await broken.visit(at, async (client) => {
        await sleep(2);
        client.socket.terminate();
      });
    }
    await broken.visit(bytes.length, close);
    expect(broken.events.length).toBeGreaterThan(10);
    expect(broken.events).toEqual(unbroken.events);
  });

  it('gets again what no pong has confirmed, and is told that the rest is gone', async () => {
    const { sampleRate, samples } = words();
    const bytes = encodeS16(samples);
    const first = new RawClient(`${server.url}/v1/stream?sample_rate=${sampleRate}`, [], {}, false);
    const { token } = await first.next('ready');
    first.socket.pong('4000000000');
    first.socket.pong('not a number');
    first.send(bytes.subarray(0, 60_000));
    const frames = alone(model, sampleRate, samples.subarray(0, 30_000)).filter(({ type }) => type === 'frame').length;
    while (first.of('frame').length < frames - 5) await sleep(5);
    const seq = first.messages.findLast(({ type }) => type === 'frame').seq;
    const all = new RawClient(`${server.url}/v1/stream?token=${token}`);
    await all.next('ack');
    expect(all.of('warning')).toEqual([]);
    expect(eventsOf(all.messages).length).toBeGreaterThanOrEqual(seq);
    const [data] = await once(all.socket, 'ping');
    expect(Number(data)).toBeGreaterThanOrEqual(seq);
    all.send({ type: 'configure' });
    await all.next('ack', all.messages.length);
    const late = new RawClient(`${server.url}/v1/stream?token=${token}&last_seq=1`);
    expect(await late.next('warning')).toMatchObject({ code: 'EARSHOT_EVENTS_LOST' });
    late.send({ type: 'close' });
    await late.closed;
  });

  it('is taken over when the line went silent without closing', async () => {
    const { sampleRate, samples } = words();
    const bytes = encodeS16(samples);
    const line = await Line.to(server.url);
    const first = new RawClient(`${line.url}/v1/stream?sample_rate=${sampleRate}`);
    const { token } = await first.next('ready');
    first.send(bytes.subarray(0, 30001));
    await first.next('ack');
    line.silence();
    first.send(bytes.subarray(30001, 60000));
    const heard = [...first.messages];
    const lastSeq = heard.findLast(({ type }) => type === 'frame' || type === 'detection').seq;
    const second = new RawClient(`${server.url}/v1/stream?token=${token}&last_seq=${lastSeq}`);
    second.send(bytes.subarray(2 * (await second.next('ready')).resume_from));
    second.send({ type: 'close' });
    expect((await second.closed).code).toBe(1000);
    expect(eventsOf([...heard, ...second.messages])).toEqual(alone(model, sampleRate, samples));
    expect(first.socket.readyState).toBe(WebSocket.OPEN);
    line.close();
  });
});

/** Loud enough that posteriors move. */
function noiseBytes(length: number): Uint8Array {
  const random = randomSource(9);
  const floats = Float32Array.from({ length: Math.ceil(length / 4) }, () => random() * 0.3);
  return new Uint8Array(floats.buffer, 0, length);
}
