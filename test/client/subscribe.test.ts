import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type SpotterEvent, type StreamEvent, type SubscribeOptions, subscribe } from 'earshot/client';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Model } from '../../src/model.ts';
import { openModel } from '../../src/node/open-model.ts';
import { Line } from '../server/line.ts';
import { alone, startServer, type TestServer, words } from '../server/server.ts';
import { collect, pass, scriptedServer } from './helpers.ts';

let server: TestServer;
let model: Model;
beforeAll(async () => {
  [server, model] = await Promise.all([startServer(), openModel()]);
});

const { sampleRate, samples } = words();

async function speak(name: string, url = server.url): Promise<void> {
  const client = await connect(url, { sampleRate, name, events: [] });
  await client.send(samples);
  await client.close();
}

const expected = () => alone(model, sampleRate, samples);
const labels = (events: readonly SpotterEvent[]) =>
  events.flatMap((event) => (event.type === 'detection' ? [event.label] : []));
const nameOf = (event: StreamEvent) => (event.type === 'detection' ? event.label : event.type);
const whole = () => ['stream_opened', ...labels(expected()), 'stream_closed'];

describe('subscribe', () => {
  it('hears what producers say, by name and kind, and misses nothing over a lost connection', async () => {
    const line = await Line.to(server.url);
    const heard = await subscribe(line.url, { stream: 'watched' });
    const names: string[] = [];
    const reading = (async () => {
      for await (const event of heard) {
        expect(event.stream).toBe('watched');
        names.push(nameOf(event));
        if (names.length === 3) line.cut();
        if (event.type === 'stream_closed') heard.close();
      }
    })();
    await Promise.all([speak('watched'), speak('other')]);
    await reading;
    expect(names).toEqual(whole());
    line.close();
  });

  it.each([
    ['listened to', true],
    ['not yet listened to', false],
  ])('notices a line that goes silent without closing, misses nothing and hears nothing twice: %s', async (_, early) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const line = await Line.to(server.url);
    const stream = `silent-${early}`;
    const subscription = await subscribe(line.url, { stream });
    let events = early ? collect(subscription) : undefined;
    await speak(stream);
    line.silence();
    await speak(stream);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(subscription.state).toBe('reconnecting');
    await expect.poll(() => subscription.state).toBe('open');
    await speak(stream);
    events ??= collect(subscription);
    await sleep(100);
    subscription.close();
    expect((await events).map(nameOf)).toEqual([...whole(), ...whole(), ...whole()]);
    line.close();
  });

  it('keeps a connection on which there is nothing to tell', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const subscription = await subscribe(server.url, { stream: 'nobody' });
    const states: string[] = [];
    subscription.on('state', ({ state }) => states.push(state));
    for (let i = 0; i < 12; i++) {
      await vi.advanceTimersByTimeAsync(10_000);
      await sleep(20);
    }
    expect(states).toEqual([]);
    subscription.close();
  });

  it('comes back to a quiet stream without being told that events of others are gone', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const busy = await startServer({ limits: { history: 3 } });
    const line = await Line.to(busy.url);
    const subscription = await subscribe(line.url, { stream: 'quiet' });
    const troubles: string[] = [];
    subscription.on('warning', ({ message }) => troubles.push(message));
    const events = collect(subscription);
    await speak('loud', busy.url);
    await pass(12);
    line.cut();
    await expect.poll(() => subscription.state).toBe('reconnecting');
    await expect.poll(() => subscription.state).toBe('open');
    await speak('quiet', busy.url);
    await sleep(100);
    subscription.close();
    expect((await events).map(nameOf)).toEqual(whole());
    expect(troubles).toEqual([]);
    line.close();
  });

  it('tries again where connections that are lost still hold all places', async () => {
    const hello = '{"type":"subscribed","protocol":1,"seq":0,"server":"one"}';
    const full = '{"type":"error","code":"EARSHOT_LIMIT","message":"There are too many"}';
    let visits = 0;
    const url = await scriptedServer((socket) => {
      visits++;
      if (visits === 2) socket.send(full, () => socket.close(4429));
      else socket.send(hello, () => visits === 1 && socket.terminate());
    });
    const subscription = await subscribe(url);
    await expect.poll(() => visits, { timeout: 5000 }).toBe(3);
    await expect.poll(() => subscription.state).toBe('open');
    subscription.close();
  });

  it('hears each frame of a stream whose producer wants none', async () => {
    const subscription = await subscribe(server.url, { stream: 'framed', events: ['frame', 'stream_closed'] });
    subscription.on('stream_closed', () => subscription.close());
    const events = collect(subscription);
    await speak('framed');
    const frames = (await events).filter((event) => event.type === 'frame');
    expect(frames.map(({ seq: _, stream: __, ...frame }) => frame)).toEqual(
      expected().filter(({ type }) => type === 'frame'),
    );
  });

  it('replays from a number on, to whoever listens later', async () => {
    await speak('earlier');
    const subscription = await subscribe(server.url, { stream: 'earlier', since: 0 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const names: string[] = [];
    subscription.on('detection', (event) => names.push(nameOf(event)));
    subscription.on('stream_opened', (event) => names.push(nameOf(event)));
    await new Promise<void>((resolve) =>
      subscription.on('stream_closed', (event) => {
        names.push(nameOf(event));
        resolve();
      }),
    );
    subscription.close();
    expect(names).toEqual(whole());
  });

  it('gets everything from a server that was started anew meanwhile, also when that has counted further', async () => {
    const old = await startServer();
    const subscription = await subscribe(old.url);
    const warnings: string[] = [];
    subscription.on('warning', ({ code, message }) => warnings.push(`${code} ${message}`));
    const names: string[] = [];
    const reading = (async () => {
      for await (const event of subscription) names.push(nameOf(event));
    })();
    await speak('before', old.url);
    await old.close();
    const anew = await startServer();
    await speak('first', anew.url);
    await speak('second', anew.url);
    // At the address of the old one.
    const door = createServer().listen(Number(new URL(old.url).port), '127.0.0.1');
    anew.earshot.attach(door);
    await expect.poll(() => names.length, { timeout: 10_000 }).toBe(3 * whole().length);
    await speak('third', anew.url);
    await expect.poll(() => names).toEqual([...whole(), ...whole(), ...whole(), ...whole()]);
    expect(warnings).toEqual([expect.stringMatching(/^EARSHOT_EVENTS_LOST .*begun anew/)]);
    subscription.close();
    await reading;
    door.close();
  });

  it('gets everything where its number is none that the server has given yet', async () => {
    const fresh = await startServer();
    await speak('known', fresh.url);
    const subscription = await subscribe(fresh.url, { since: 1000 });
    const warned = new Promise((resolve) => subscription.on('warning', ({ code }) => resolve(code)));
    subscription.on('stream_closed', () => subscription.close());
    const events = await collect(subscription);
    expect([events.map(nameOf), await warned]).toEqual([whole(), 'EARSHOT_EVENTS_LOST']);
  });

  it('ends its loops when it is closed, also while the connection is lost', async () => {
    const line = await Line.to(server.url);
    const subscription = await subscribe(line.url);
    const lost = new Promise<void>((resolve) =>
      subscription.on('state', ({ state }) => state === 'reconnecting' && resolve()),
    );
    const events = collect(subscription);
    line.close();
    await lost;
    subscription.close();
    expect([await events, subscription.state]).toEqual([[], 'closed']);
    expect(await collect(subscription)).toEqual([]);
  });

  it.each([
    ['a b', 'EARSHOT_PARAMETER'],
    [undefined, 'EARSHOT_PARAMETER'],
  ])('is refused with a code: %j', async (stream, code) => {
    const events = stream === undefined ? (['nonsense'] as never[]) : undefined;
    await expect(subscribe(server.url, { stream, events })).rejects.toMatchObject({ code });
  });

  it('names an option that there is not', async () => {
    const options = { streams: 'kitchen' } as SubscribeOptions;
    await expect(subscribe(server.url, options)).rejects.toThrow('There is no `streams` in `options`, only token,');
  });

  it('tells its loops when it is shut out', async () => {
    const leaving = await startServer();
    const subscription = await subscribe(leaving.url);
    const states: string[] = [];
    subscription.on('state', ({ state }) => states.push(state));
    const events = collect(subscription);
    await leaving.close();
    await expect.poll(() => states).toContain('reconnecting');
    subscription.close();
    expect(await events).toEqual([]);
  });
});
