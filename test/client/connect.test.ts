import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectOptions, connect, type StreamClient, subscribe } from 'earshot/client';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Model } from '../../src/model.ts';
import { openModel } from '../../src/node/open-model.ts';
import { Line } from '../server/line.ts';
import { alone, encodeS16, startServer, type TestServer, words } from '../server/server.ts';
import { collect, expectSame, longSpeech, next, pass, readyMessage, scriptedServer, sendOverCuts } from './helpers.ts';

const CUTS = 25;

let server: TestServer;
let model: Model;
beforeAll(async () => {
  [server, model] = await Promise.all([startServer(), openModel()]);
});

const { sampleRate, samples } = words();

describe('connect', () => {
  it('sends samples, gives events to loops and callbacks, and closes with totals after the last event', async () => {
    const client = await connect(server.url, { sampleRate, name: 'whole' });
    const detections: string[] = [];
    client.on('detection', ({ label }) => detections.push(label));
    const loops = Promise.all([collect(client), collect(client)]);
    for (let at = 0; at < samples.length; at += 1600) await client.send(samples.subarray(at, at + 1600));
    const totals = await client.close();
    const expected = alone(model, sampleRate, samples);
    for (const events of await loops) expectSame(events, expected);
    expect(detections).toEqual(expected.flatMap((event) => (event.type === 'detection' ? [event.label] : [])));
    expect(totals).toEqual({
      samples: samples.length,
      frames: expected.length - detections.length,
      detections: detections.length,
    });
    expect([client.state, client.name, client.labels, client.bufferedAmount]).toEqual([
      'closed',
      'whole',
      model.labels,
      0,
    ]);
    await expect(client.send(samples)).rejects.toMatchObject({ code: 'EARSHOT_ENDED' });
    await expect(client.flush()).rejects.toMatchObject({ code: 'EARSHOT_ENDED' });
  });

  it('takes audio of any length at once, 16-bit samples as they are, and a class of WebSocket', async () => {
    const client = await connect(new URL(server.url), { sampleRate, WebSocket });
    const events = collect(client);
    const { buffer } = encodeS16(samples);
    await client.send(new Int16Array(buffer));
    await client.close();
    expectSame(await events, alone(model, sampleRate, samples));
  });

  it(`goes on after ${CUTS} cuts at random moments as if nothing had been, no event missing, none twice`, async () => {
    const speech = longSpeech(3);
    const line = await Line.to(server.url);
    const client = await connect(line.url, { sampleRate });
    const events = collect(client);
    let cuts = 0;
    client.on('state', ({ state }) => {
      if (state === 'reconnecting') cuts++;
    });
    await sendOverCuts(client, line, speech.samples, CUTS);
    await client.close();
    expect(cuts).toBe(CUTS);
    expectSame(await events, alone(model, sampleRate, speech.samples));
    line.close();
  });

  it('keeps the order of what is sent the moment that the connection is back', async () => {
    const line = await Line.to(server.url);
    const client = await connect(line.url, { sampleRate });
    const events = collect(client);
    line.cut();
    await next(client, 'reconnecting');
    void client.send(samples.subarray(0, 40001));
    client.on('state', ({ state }) => {
      if (state === 'open') void client.send(samples.subarray(40001));
    });
    await next(client, 'open');
    await client.close();
    expectSame(await events, alone(model, sampleRate, samples));
    line.close();
  });

  it.each([
    ['audio', (client: StreamClient) => client.send(samples.subarray(20001))],
    ['a command', () => Promise.resolve()],
  ])('takes its session over when the line goes silent without closing and %s is unanswered', async (_, send) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const line = await Line.to(server.url);
    const client = await connect(line.url, { sampleRate });
    const events = collect(client);
    await client.send(samples.subarray(0, 20001));
    line.silence();
    void send(client);
    const closed = client.close();
    await vi.advanceTimersByTimeAsync(12_000);
    const { samples: heard } = await closed;
    expectSame(await events, alone(model, sampleRate, samples.subarray(0, heard)));
    line.close();
  });

  it('notices while it pauses that the line has gone silent, and that it has not', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const line = await Line.to(server.url);
    const client = await connect(line.url, { sampleRate });
    const events = collect(client);
    await client.send(samples.subarray(0, 20001));
    const states: string[] = [];
    client.on('state', ({ state }) => states.push(state));
    await pass(120);
    expect(states).toEqual([]);
    line.silence();
    await pass(32);
    await expect.poll(() => states).toEqual(['reconnecting', 'open']);
    await client.send(samples.subarray(20001));
    await client.close();
    expectSame(await events, alone(model, sampleRate, samples));
    line.close();
  });

  it.each([
    ['a command', (client: StreamClient) => client.flush()],
    ['audio', (client: StreamClient) => client.send(new Float32Array(5 * 16000))],
  ])('after a pause gives the server its whole time to answer %s', async (_, send) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const url = await scriptedServer((socket) => socket.send(readyMessage));
    const client = await connect(url, { sampleRate: 16000 });
    await vi.advanceTimersByTimeAsync(15_500);
    void send(client);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(client.state).toBe('open');
    await vi.advanceTimersByTimeAsync(2000);
    expect(client.state).toBe('reconnecting');
  });

  it('holds no more audio than it was allowed to', async () => {
    const line = await Line.to(server.url);
    const client = await connect(line.url, { sampleRate: 16000, bufferSeconds: 2 });
    line.close();
    void client.send(new Float32Array(30000));
    await expect(client.send(new Float32Array(3000))).rejects.toMatchObject({ code: 'EARSHOT_CLIENT_BUFFER_FULL' });
    expect(client.bufferedAmount).toBe(60000);
  });

  it('tells those who await nothing that it is full, once until it takes samples again', async () => {
    const line = await Line.to(server.url);
    const client = await connect(line.url, { sampleRate, bufferSeconds: 2 });
    const warnings: string[] = [];
    client.on('warning', ({ code }) => warnings.push(code));
    line.cut();
    await next(client, 'reconnecting');
    const again = next(client, 'open');
    for (let second = 0; second < 6; second++) void client.send(samples.subarray(0, sampleRate));
    expect(warnings).toEqual(['EARSHOT_CLIENT_BUFFER_FULL']);
    await again;
    await client.flush();
    void client.send(new Float32Array(2 * sampleRate));
    void client.send(new Float32Array(2 * sampleRate));
    expect(warnings.length).toBe(2);
    expect(await client.close()).toMatchObject({ samples: 4 * sampleRate });
    // Rejections that nobody handled would fail this run.
    void client.send(samples);
    void client.flush();
    await sleep(10);
    line.close();
  });

  it('has at most four seconds and a message on their way, however much there is', async () => {
    let received = 0;
    let acknowledged = 0;
    let most = 0;
    const url = await scriptedServer((socket) => {
      socket.send(readyMessage);
      socket.on('message', (data: Buffer, isBinary) => {
        if (!isBinary) {
          socket.send(JSON.stringify({ type: 'closed', seq: 1, samples: received, frames: 0, detections: 0 }));
          return;
        }
        received += data.length / 2;
        most = Math.max(most, received - acknowledged);
        if (received - acknowledged < 4 * 16000) return;
        acknowledged = received - 8000;
        socket.send(JSON.stringify({ type: 'ack', samples: acknowledged, commands: 0, seq: 0 }));
      });
    });
    const client = await connect(url, { sampleRate: 16000 });
    void client.send(new Float32Array(20 * 16000));
    expect(await client.close()).toMatchObject({ samples: 20 * 16000 });
    expect(most).toBeLessThanOrEqual(4.1 * 16000);
  });

  it('flushes, resets and configures, each with its answer', async () => {
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
    ['a threshold above 1', { threshold: 2 }],
    ['a threshold that is no number', { threshold: Number.NaN }],
    ['a threshold for an unknown label', { thresholds: { abracadabra: 0.5 } }],
    ['a threshold below 0 for one label', { thresholds: { go: -1 } }],
    ['an unknown label', { labels: ['go', 'abracadabra'] }],
    ['an unknown event', { events: ['all'] as never }],
    ['an unknown change', { treshold: 0.5 } as never],
  ])('refuses %s, and hears on as before', async (_, configuration) => {
    const client = await connect(server.url, { sampleRate });
    const events = collect(client);
    void client.send(samples);
    await expect(client.configure(configuration)).rejects.toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT' });
    await client.close();
    expect(await events).toEqual(alone(model, sampleRate, samples));
  });

  it('does not take the end of the server for the end of what it was to hear', async () => {
    const leaving = await startServer();
    const client = await connect(leaving.url, { sampleRate, bufferSeconds: Infinity });
    void client.send(new Int16Array(600 * sampleRate));
    const ends = [client.flush(), client.close()];
    await leaving.close();
    for (const end of ends) await expect(end).rejects.toMatchObject({ code: 'EARSHOT_SHUTDOWN' });
  });

  it('sends nothing more once it is aborted', async () => {
    const client = await connect(server.url, { sampleRate, name: 'long', bufferSeconds: Infinity });
    const events = collect(client);
    const sent = client.send(new Int16Array(3600 * sampleRate));
    client.abort();
    await expect(sent).rejects.toMatchObject({ code: 'EARSHOT_ENDED' });
    await events;
    expect(client.state).toBe('closed');
    await expect(client.close()).rejects.toMatchObject({ code: 'EARSHOT_ENDED' });
    // Its name is free again.
    await expect
      .poll(() => connect(server.url, { sampleRate, name: 'long' }).then((next) => next.close()))
      .toBeTruthy();
  });

  it('tells when the server goes away, after its last events', async () => {
    const leaving = await startServer();
    const client = await connect(leaving.url, { sampleRate });
    const errors: string[] = [];
    client.on('error', ({ error }) => errors.push(error.code));
    const events: unknown[] = [];
    const reading = (async () => {
      for await (const event of client) events.push(event);
    })();
    await client.send(samples);
    const closing = leaving.close();
    await expect(reading).rejects.toMatchObject({ code: 'EARSHOT_SHUTDOWN' });
    await expect(client.close()).rejects.toMatchObject({ code: 'EARSHOT_SHUTDOWN' });
    expect([errors, client.state]).toEqual([['EARSHOT_SHUTDOWN'], 'closed']);
    expect(events.length).toBeGreaterThan(0);
    await closing;
  });

  it('gives up when the server has forgotten the session', async () => {
    const forgetful = await startServer({ limits: { graceSeconds: 0.01 } });
    const line = await Line.to(forgetful.url);
    const client = await connect(line.url, { sampleRate });
    const failed = new Promise((resolve) => client.on('error', ({ error }) => resolve(error.code)));
    line.cut();
    // Unknown, or just being ended, or out of time before that could be told.
    expect(['EARSHOT_SESSION_UNKNOWN', 'EARSHOT_ENDED', 'EARSHOT_CONNECTION']).toContain(await failed);
    await expect(client.send(samples)).rejects.toThrow();
    line.close();
  });

  it.each([
    [{ sampleRate: 12345 }, 'EARSHOT_AUDIO_RATE'],
    [{ sampleRate: 16000, model: 'nothing' }, 'EARSHOT_MODEL_NOT_FOUND'],
    [{ sampleRate: 16000, name: 'a b' }, 'EARSHOT_PARAMETER'],
    [{ sampleRate: 16000, token: 'not a token' }, 'EARSHOT_BAD_ARGUMENT'],
    [{ sampleRate: 16000, bufferSeconds: Number.NaN }, 'EARSHOT_BAD_ARGUMENT'],
    [{} as ConnectOptions, 'EARSHOT_BAD_ARGUMENT'],
    [{ sampleRate: Number.NaN }, 'EARSHOT_BAD_ARGUMENT'],
    [{ sampleRate: 16000, stream: 'kitchen' } as ConnectOptions, 'EARSHOT_BAD_ARGUMENT'],
  ])('is refused with a code: %o', async (options, code) => {
    await expect(connect(server.url, options)).rejects.toMatchObject({ code });
  });

  it.each(['', 'localhost:8080', 'ftp://localhost', 'http://'])('wants an address, not %j', async (address) => {
    await expect(connect(address, { sampleRate: 8000 })).rejects.toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT' });
  });

  it('is given up by a signal, and forgets it afterwards', async () => {
    const silent = await scriptedServer(() => {});
    const controller = new AbortController();
    const giveUp = connect(silent, { sampleRate, signal: controller.signal });
    setTimeout(() => controller.abort('enough'), 50);
    await expect(giveUp).rejects.toBe('enough');
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    for (let n = 0; n < 5; n++) {
      await expect(connect(silent, { sampleRate, signal: controller.signal })).rejects.toBe('enough');
    }
    expect(timers()).toBeLessThan(before + 5);
    const { signal } = new AbortController();
    const client = await connect(server.url, { sampleRate, signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await client.close();
  });

  it('says why when there is no server, or none of ours', async () => {
    const nobody = connect('ws://127.0.0.1:1', { sampleRate: 8000, WebSocket });
    await expect(nobody).rejects.toMatchObject({ code: 'EARSHOT_CONNECTION', message: /ECONNREFUSED/ });
    for (const words of ['hello', 'null', '7', '[]']) {
      const other = await scriptedServer((socket) => {
        socket.send(words);
        socket.close();
      });
      const ours = { code: 'EARSHOT_CONNECTION', message: /no server of Earshot/ };
      await expect(connect(other, { sampleRate: 8000 })).rejects.toMatchObject(ours);
      await expect(subscribe(other)).rejects.toMatchObject(ours);
    }
  });

  it.each([
    [401, 'EARSHOT_UNAUTHORISED'],
    [403, 'EARSHOT_FORBIDDEN'],
    [404, 'EARSHOT_NOT_FOUND'],
    [503, 'EARSHOT_SHUTDOWN'],
    [502, 'EARSHOT_CONNECTION'],
  ])('tells by the status %d why a server refuses it', async (status, code) => {
    const url = await scriptedServer(
      () => {},
      () => status,
    );
    await expect(connect(url, { sampleRate })).rejects.toMatchObject({ code });
    await expect(subscribe(url)).rejects.toMatchObject({ code });
  });

  it('tells it in Node that has a WebSocket of its own, too, which does not tell', async () => {
    onTestFinished(() => void vi.unstubAllGlobals());
    const url = await scriptedServer(
      () => {},
      () => 401,
    );
    for (const own of [undefined, class {}]) {
      vi.stubGlobal('WebSocket', own);
      await expect(connect(url, { sampleRate })).rejects.toMatchObject({ code: 'EARSHOT_UNAUTHORISED' });
    }
  });

  it('takes the last digits of a port for no status', async () => {
    const nobody = connect('ws://127.0.0.1:401', { sampleRate: 8000, WebSocket });
    await expect(nobody).rejects.toMatchObject({ code: 'EARSHOT_CONNECTION' });
  });

  it.each([
    [401, 'closed'],
    [403, 'closed'],
    [404, 'open'],
    [503, 'open'],
  ])('after a lost connection, a refusal by %d leaves it %s', async (status, state) => {
    const statuses = [101, status];
    const url = await scriptedServer(
      (socket) => {
        socket.send(readyMessage);
        socket.once('message', () => statuses.length > 0 && socket.terminate());
      },
      () => statuses.shift() ?? 101,
    );
    const client = await connect(url, { sampleRate: 16000 });
    void client.send(new Float32Array(1600));
    await next(client, 'reconnecting');
    await expect.poll(() => client.state).toBe(state);
  });

  it('says that its token is not the right one', async () => {
    const token = 'kitchen-microphone-7c1f0b';
    const guarded = await startServer({ tokens: [{ token, produce: ['*'] }] });
    const wrong = connect(guarded.url, { sampleRate, token: `${token}x` });
    await expect(wrong).rejects.toMatchObject({ code: 'EARSHOT_UNAUTHORISED' });
  });

  it('refuses samples of another kind', async () => {
    const client = await connect(server.url, { sampleRate });
    await expect(client.send([0, 1] as never)).rejects.toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT' });
    expect(await client.close()).toMatchObject({ samples: 0 });
  });
});
