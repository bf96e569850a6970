import { beforeAll, describe, expect, it } from 'vitest';
import { startServerProcess } from '../../scripts/server-process.ts';
import type { Model } from '../../src/model.ts';
import { openModel } from '../../src/node/open-model.ts';
import { alone, encodeS16, eventsOf, RawClient, startServer, type TestServer, words } from './server.ts';

let server: TestServer;
let model: Model;
beforeAll(async () => {
  [server, model] = await Promise.all([
    startServer({ limits: { graceSeconds: 0.3, resumeMessages: 300, history: 5, streams: 3, sendBytes: 20_000 } }),
    openModel(),
  ]);
});

const { sampleRate, samples } = words();
const bytes = encodeS16(samples);
const open = async (query = '', target: { url: string } = server): Promise<RawClient> => {
  const client = new RawClient(`${target.url}/v1/stream?sample_rate=${sampleRate}&${query}`);
  await client.next('ready');
  return client;
};

async function publish(name: string): Promise<void> {
  const client = await open(`name=${name}&events=`);
  client.send(bytes);
  client.send({ type: 'close' });
  await client.closed;
}

describe('a session', () => {
  it('is taken over by its token while the old socket still looks open, also inside a sample', async () => {
    const first = new RawClient(`${server.url}/v1/stream?sample_rate=${sampleRate}`, [], {}, false);
    await first.next('ready');
    first.send(bytes.subarray(0, 40001));
    await first.next('ack');
    const { token } = first.messages[0];
    const lastSeq = 7;
    const second = new RawClient(`${server.url}/v1/stream?token=${token}&last_seq=${lastSeq}`);
    const ready = await second.next('ready');
    expect((await first.closed).code).toBe(4411);
    expect(ready).toMatchObject({ token, resume_from: 20000, commands: 0 });
    second.send(bytes.subarray(2 * ready.resume_from));
    second.send({ type: 'close' });
    await second.closed;
    const before = first.messages.filter(({ seq, type }) => type !== 'ack' && seq <= lastSeq);
    expect(eventsOf([...before, ...second.messages])).toEqual(alone(model, sampleRate, samples));
  });

  it.each([1007, 1008, 1009, 3000])('waits for a client that has closed with %d', async (code) => {
    const target = await startServer();
    const client = await open('', target);
    client.socket.close(code);
    await client.closed;
    expect(client.of('error')).toEqual([]);
    const next = new RawClient(`${target.url}/v1/stream?token=${client.messages[0].token}`);
    await next.next('ready');
    next.send({ type: 'close' });
    await next.closed;
  });

  it('ends with its last events when nobody comes back in time', async () => {
    const subscriber = new RawClient(`${server.url}/v1/events?stream=lost`);
    await subscriber.next('subscribed');
    const client = await open('name=lost');
    client.send(bytes.subarray(0, 32000));
    await client.next('ack');
    client.socket.terminate();
    expect(await subscriber.next('stream_closed')).toMatchObject({ samples: 16000, frames: 50 });
    const late = new RawClient(`${server.url}/v1/stream?token=${client.messages[0].token}`);
    expect((await late.closed).code).toBe(4410);
    subscriber.socket.close();
  });

  it('says what is gone when more was missed than is kept, and refuses numbers never given', async () => {
    const client = await open();
    client.send(Buffer.concat([bytes, bytes]));
    await client.next('ack');
    while (client.of('frame').length < 450) await new Promise((resolve) => setTimeout(resolve, 5));
    const { token } = client.messages[0];
    const other = new RawClient(`${server.url}/v1/stream?token=${token}&last_seq=1`);
    expect(await other.next('warning')).toMatchObject({ code: 'EARSHOT_EVENTS_LOST' });
    const wrong = new RawClient(`${server.url}/v1/stream?token=${token}&last_seq=100000`);
    expect((await wrong.closed).code).toBe(4400);
    other.send({ type: 'close' });
    await other.closed;
  });
});

describe('a subscriber', () => {
  it('gets what it missed by number, or is told what is gone', async () => {
    const first = new RawClient(`${server.url}/v1/events`);
    const { seq } = await first.next('subscribed');
    await publish('replayed');
    await first.next('stream_closed');
    const all = first.messages.slice(1);
    expect(all.length).toBe(8);
    const again = new RawClient(`${server.url}/v1/events?since=${all[4].seq}`);
    await again.next('stream_closed');
    expect(again.messages.slice(1)).toEqual(all.slice(5));
    const late = new RawClient(`${server.url}/v1/events?since=${seq}`);
    await late.next('stream_closed');
    expect(late.messages[1]).toMatchObject({ type: 'warning', code: 'EARSHOT_EVENTS_LOST' });
    expect(late.messages.slice(2)).toEqual(all.slice(-5));
    for (const client of [first, again, late]) client.socket.close();
  });

  it('that does not read loses frames, is told how many, and gets every detection', async () => {
    const slow = new RawClient(`${server.url}/v1/events?events=frame,detection&stream=fast`);
    await slow.next('subscribed');
    slow.socket.pause();
    const client = await open('name=fast&events=');
    const rounds = 60;
    for (let i = 0; i < rounds; i++) {
      client.send(bytes);
      client.send({ type: 'reset' });
    }
    while (client.of('ack').at(-1)?.commands !== rounds) await new Promise((resolve) => setTimeout(resolve, 20));
    slow.socket.resume();
    const expected = alone(model, sampleRate, samples).filter(({ type }) => type === 'detection').length;
    while (slow.of('detection').length < rounds * expected) await new Promise((resolve) => setTimeout(resolve, 20));
    client.send(bytes);
    client.send({ type: 'close' });
    const warning = await slow.next('warning');
    expect(warning.message).toMatch(/^\d+ frames were left out/);
    await client.closed;
    expect(slow.of('frame').length).toBeLessThan(rounds * 255);
    slow.socket.close();
  });
});

describe('limits', () => {
  it('hold for streams', async () => {
    const clients = await Promise.all([open(), open(), open()]);
    const fourth = new RawClient(`${server.url}/v1/stream`);
    expect((await fourth.closed).code).toBe(4429);
    expect(fourth.messages[0]).toMatchObject({ code: 'EARSHOT_LIMIT' });
    for (const client of clients) client.send({ type: 'close' });
    await Promise.all(clients.map((client) => client.closed));
    const next = await open();
    next.socket.close();
  });

  it('hold for streams that have ended and may be resumed', async () => {
    const target = await startServer({ limits: { streams: 1, graceSeconds: 2 } });
    const address = `${target.url.replace('ws', 'http')}/v1/streams`;
    const client = await open('', target);
    client.send({ type: 'close' });
    client.socket.terminate();
    await expect.poll(async () => (await (await fetch(address)).json()).streams).toEqual([]);
    const second = new RawClient(`${target.url}/v1/stream`);
    expect((await second.closed).code).toBe(4429);
    await expect.poll(() => open('', target).then(({ socket }) => socket.close()), { timeout: 8000 }).toBeUndefined();
  });
});

describe('a server that shuts down', () => {
  it('flushes every stream, sends last events and closed, and takes nobody else', async () => {
    const target = await startServer();
    const subscriber = new RawClient(`${target.url}/v1/events`);
    await subscriber.next('subscribed');
    const clients = await Promise.all([open('', target), open('', target)]);
    for (const client of clients) client.send(bytes);
    await Promise.all(clients.map((client) => client.next('ack')));
    await target.close();
    for (const client of clients) {
      expect((await client.closed).code).toBe(1001);
      expect(client.messages.at(-1)).toMatchObject({ type: 'closed', samples: samples.length });
      expect(eventsOf(client.messages)).toEqual(alone(model, sampleRate, samples));
    }
    expect((await subscriber.closed).code).toBe(1001);
    expect(subscriber.of('stream_closed').length).toBe(2);
  });

  it('does not keep its process for producers that were lost', async () => {
    const target = await startServerProcess();
    const client = await open('', { url: target.url.slice(0, -1) });
    client.socket.terminate();
    await client.closed;
    await target.stop();
  });
});
