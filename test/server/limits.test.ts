import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Limits, limitsOf } from '../../server/limits.ts';
import { openModel } from '../../src/node/open-model.ts';
import { alone, encodeS16, eventsOf, RawClient, startServer, type TestServer, words } from './server.ts';

// Limits that other tests touch: message size, idle time in bad-input.test.ts; streams, history, grace
// time, frames left out in lifecycle.test.ts; unread audio in stream.test.ts.

const { sampleRate, samples } = words();
const bytes = encodeS16(samples);

const withLimits = (limits: Partial<Limits>): Promise<TestServer> => startServer({ limits });

async function open(server: TestServer, query = ''): Promise<RawClient> {
  const client = new RawClient(`${server.url}/v1/stream?sample_rate=${sampleRate}&${query}`);
  await client.next('ready');
  return client;
}

async function refused(client: RawClient, code: string, closeCode: number): Promise<void> {
  expect((await client.closed).code).toBe(closeCode);
  expect(client.messages.at(-1)).toMatchObject({ type: 'error', code });
}

describe('limits hold', () => {
  it.each([
    ['streams', 'stream', 'ready', { streamsPerAddress: 2 }],
    ['subscribers', 'events', 'subscribed', { subscribersPerAddress: 2 }],
  ])('for %s from one address, and leave room for others', async (_, path, hello, limits) => {
    const server = await withLimits(limits);
    let address = '192.0.2.1';
    server.http.on('connection', (socket) => Object.defineProperty(socket, 'remoteAddress', { value: address }));
    const come = async (): Promise<RawClient> => {
      const client = new RawClient(`${server.url}/v1/${path}`);
      await client.next(hello);
      return client;
    };
    const clients = [await come(), await come()];
    await refused(new RawClient(`${server.url}/v1/${path}`), 'EARSHOT_LIMIT', 4429);
    address = '192.0.2.2';
    clients.push(await come());
    address = '192.0.2.1';
    clients[0].send({ type: 'close' });
    await clients[0].closed;
    clients.push(await come());
    // Proxies and programs of this machine share what there is in all.
    for (address of ['127.0.0.1', '::ffff:127.0.0.1', '::1']) clients.push(await come(), await come(), await come());
    for (const client of clients) client.socket.close();
  });

  it('also for those who leave before they are answered, and have no address any more', async () => {
    const server = await withLimits({ streamsPerAddress: 0, streams: 10 });
    server.http.on('connection', (socket) => Object.defineProperty(socket, 'remoteAddress', { value: undefined }));
    const client = new RawClient(`${server.url}/v1/stream`);
    expect((await client.closed).code).toBe(1006);
    const metrics = await (await fetch(`${server.url.replace('ws', 'http')}/metrics`)).text();
    expect(metrics).toMatch(/^earshot_streams 0$/m);
  });

  it('by default so that one address cannot take all', () => {
    expect(DEFAULT_LIMITS.streamsPerAddress).toBeLessThan(DEFAULT_LIMITS.streams / 10);
    expect(DEFAULT_LIMITS.subscribersPerAddress).toBeLessThan(DEFAULT_LIMITS.subscribers / 2);
  });

  it('as they are by default where they are undefined, and none that a timer cannot wait for', async () => {
    expect(limitsOf({ streams: undefined, graceSeconds: undefined, history: 5 })).toEqual({
      ...DEFAULT_LIMITS,
      history: 5,
    });
    for (const graceSeconds of [Infinity, 3e6]) {
      await expect(withLimits({ graceSeconds })).rejects.toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT' });
    }
  });

  it('for subscribers', async () => {
    const server = await withLimits({ subscribers: 1 });
    const first = new RawClient(`${server.url}/v1/events`);
    await first.next('subscribed');
    await refused(new RawClient(`${server.url}/v1/events`), 'EARSHOT_LIMIT', 4429);
    first.send({ type: 'close' });
    expect((await first.closed).code).toBe(1000);
    const next = new RawClient(`${server.url}/v1/events`);
    await next.next('subscribed');
    next.socket.close();
  });

  it('for messages of audio: more of them are read later, and none is lost', async () => {
    const server = await withLimits({ audioMessagesPerSecond: 50 });
    const client = await open(server, 'events=');
    // What is read at once, 64 KiB, is heard at once: fewer messages than there are beyond the limit.
    const [messages, samples] = [250, 320];
    for (let i = 0; i < messages; i++) client.send(bytes.subarray(0, 2 * samples));
    const heard = async (): Promise<number> => {
      const { streams } = await (await fetch(`${server.url.replace('ws', 'http')}/v1/streams`)).json();
      return streams[0].samples;
    };
    let first = 0;
    while (first === 0) first = await heard();
    expect(first).toBeLessThan(messages * samples);
    client.send({ type: 'close' });
    await client.closed;
    expect(client.of('closed')[0].samples).toBe(messages * samples);
  });

  it('for text messages: more of them are read later, and the stream goes on', async () => {
    const textsPerSecond = 20;
    const server = await withLimits({ textsPerSecond });
    const client = await open(server, 'events=');
    const flushes = 3 * textsPerSecond;
    const start = performance.now();
    for (let i = 0; i < flushes; i++) {
      const told = client.messages.length;
      client.send({ type: 'flush' });
      await client.next('ack', told);
    }
    // Two seconds' worth at once, then so many a second.
    expect(performance.now() - start).toBeGreaterThan(900);
    for (let i = 0; i < flushes; i++) client.send({ type: 'reset' });
    client.send({ type: 'close' });
    expect((await client.closed).code).toBe(1000);
    expect(client.of('ack').at(-1).commands).toBe(2 * flushes + 1);
  });

  it('for what waits to be read by a subscriber, which then is closed', async () => {
    const server = await withLimits({ sendBytes: Number.POSITIVE_INFINITY, sendBytesMost: 100_000 });
    const slow = new RawClient(`${server.url}/v1/events?events=frame`);
    await slow.next('subscribed');
    slow.socket.pause();
    const client = await open(server, 'events=');
    const metrics = async () => (await fetch(`${server.url.replace('ws', 'http')}/metrics`)).text();
    while (!(await metrics()).includes('code="EARSHOT_TOO_SLOW"')) {
      client.send(bytes);
      client.send({ type: 'flush' });
      await client.next('ack', client.messages.length);
    }
    slow.socket.resume();
    await refused(slow, 'EARSHOT_TOO_SLOW', 4430);
    client.socket.close();
  });

  it('for a producer that does not read: it is not read either, disturbs nobody, and loses nothing', async () => {
    const server = await withLimits({ sendBytes: 20_000, unreadSeconds: 2 });
    const lazy = await open(server, 'name=lazy');
    lazy.socket.pause();
    const rounds = 20;
    for (let i = 0; i < rounds; i++) lazy.send(bytes);
    lazy.send({ type: 'close' });
    const model = await openModel();
    const expected = alone(model, sampleRate, samples);
    const busy = await open(server, 'name=busy');
    busy.send(bytes);
    busy.send({ type: 'close' });
    await busy.closed;
    expect(eventsOf(busy.messages)).toEqual(expected);
    await sleep(200);
    lazy.socket.resume();
    expect((await lazy.closed).code).toBe(1000);
    const long = new Float32Array(rounds * samples.length);
    for (let i = 0; i < rounds; i++) long.set(samples, i * samples.length);
    expect(eventsOf(lazy.messages)).toEqual(alone(model, sampleRate, long));
  });
});
