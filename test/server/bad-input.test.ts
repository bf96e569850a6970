import { once } from 'node:events';
import { request } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { toProducerSchema } from 'earshot/server';
import fc from 'fast-check';
import * as v from 'valibot';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/model.ts';
import { openModel } from '../../src/node/open-model.ts';
import { alone, encodeS16, eventsOf, RawClient, startServer, type TestServer, words } from './server.ts';

let server: TestServer;
let model: Model;
beforeAll(async () => {
  [server, model] = await Promise.all([startServer({ limits: { messageBytes: 65536, graceSeconds: 1 } }), openModel()]);
});

/** A stream that behaves well while others do not. */
async function steady(): Promise<() => Promise<void>> {
  const { sampleRate, samples } = words();
  const client = new RawClient(`${server.url}/v1/stream?sample_rate=${sampleRate}`);
  await client.next('ready');
  const bytes = encodeS16(samples);
  client.send(bytes.subarray(0, 50001));
  return async () => {
    for (let at = 50001; at < bytes.length; at += 50000) client.send(bytes.subarray(at, at + 50000));
    client.send({ type: 'close' });
    await client.closed;
    expect(eventsOf(client.messages)).toEqual(alone(model, sampleRate, samples));
  };
}

let finish: (() => Promise<void>) | undefined;
afterEach(async () => {
  await finish?.();
  finish = undefined;
});

async function expectRefusal(client: RawClient, code: string, closeCode: number): Promise<void> {
  expect((await client.closed).code).toBe(closeCode);
  const last = client.messages.at(-1);
  expect(last).toMatchObject({ type: 'error', code });
  expect(last.message).toMatch(/./);
}

describe('bad input is answered with a coded error to that client alone:', () => {
  it.each([
    ['stream?what=ever', 'EARSHOT_PARAMETER', 4400],
    ['stream?encoding=opus', 'EARSHOT_PARAMETER', 4400],
    ['stream?encoding=constructor', 'EARSHOT_PARAMETER', 4400],
    ['stream?channels=0', 'EARSHOT_PARAMETER', 4400],
    ['stream?frame_every=1.5', 'EARSHOT_PARAMETER', 4400],
    ['stream?events=frame,noise', 'EARSHOT_PARAMETER', 4400],
    ['stream?name=a%20b', 'EARSHOT_PARAMETER', 4400],
    ['stream?name=a&name=b', 'EARSHOT_PARAMETER', 4400],
    ['stream?__proto__=1', 'EARSHOT_PARAMETER', 4400],
    ['stream?sample_rate=7999', 'EARSHOT_AUDIO_RATE', 4400],
    ['stream?sample_rate=16001', 'EARSHOT_AUDIO_RATE', 4400],
    ['stream?sample_rate=1e9', 'EARSHOT_PARAMETER', 4400],
    ['stream?model=..%2F..%2Fetc', 'EARSHOT_MODEL_NOT_FOUND', 4404],
    ['stream?token=wrong', 'EARSHOT_SESSION_UNKNOWN', 4410],
    ['events?events=all', 'EARSHOT_PARAMETER', 4400],
    ['events?since=-1', 'EARSHOT_PARAMETER', 4400],
  ])('address %s', async (path, code, closeCode) => {
    finish = await steady();
    await expectRefusal(new RawClient(`${server.url}/v1/${path}`), code, closeCode);
  });

  it.each([
    ['text where audio is due', 'RIFF....WAVE', 'EARSHOT_MESSAGE', 4422],
    ['an unknown message', '{"type":"shout"}', 'EARSHOT_MESSAGE', 4422],
    ['a field too many', '{"type":"flush","now":true}', 'EARSHOT_MESSAGE', 4422],
    ['JSON that is no object', 'null', 'EARSHOT_MESSAGE', 4422],
    ['an unknown label', '{"type":"configure","labels":["abracadabra"]}', 'EARSHOT_MESSAGE', 4422],
    [
      'a threshold for an unknown label',
      '{"type":"configure","thresholds":{"__proto__x":0.5}}',
      'EARSHOT_MESSAGE',
      4422,
    ],
    ['an impossible threshold', '{"type":"configure","threshold":2}', 'EARSHOT_MESSAGE', 4422],
    ['an oversized message', new Uint8Array(65537), 'EARSHOT_MESSAGE_SIZE', 1009],
  ])('%s', async (_, data, code, closeCode) => {
    finish = await steady();
    const client = new RawClient(`${server.url}/v1/stream`);
    await client.next('ready');
    client.send(data);
    await expectRefusal(client, code, closeCode);
  });

  it('an oversized message in small fragments', async () => {
    finish = await steady();
    const client = new RawClient(`${server.url}/v1/stream`);
    await client.next('ready');
    for (let i = 0; i < 100; i++) client.socket.send(new Uint8Array(1000), { binary: true, fin: false });
    await expectRefusal(client, 'EARSHOT_MESSAGE_SIZE', 1009);
    const metrics = async () => (await fetch(`${server.url.replace('ws', 'http')}/metrics`)).text();
    await expect.poll(metrics).toMatch(/^earshot_refusals_total\{code="EARSHOT_MESSAGE_SIZE"\} [1-9]/m);
  });

  it('text that is not UTF-8', async () => {
    finish = await steady();
    const client = new RawClient(`${server.url}/v1/stream`);
    await client.next('ready');
    client.socket.send(Buffer.from([0xff, 0xfe, 0xfd]), { binary: false });
    await expectRefusal(client, 'EARSHOT_MESSAGE', 1007);
  });

  it('bytes that are not the WebSocket protocol', async () => {
    finish = await steady();
    const socket = connectTcp(Number(new URL(server.url).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => {});
    socket.write(
      'GET /v1/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    let text = '';
    socket.on('data', (data) => {
      if (text === '') socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
      text += data.toString('latin1');
      if (text.includes('"type":"error"')) socket.end();
    });
    await closed;
    expect(text).toContain('"type":"error","code":"EARSHOT_MESSAGE"');
  });

  it('refused connections that say more than they should, or stay, and are let go', async () => {
    const { port } = new URL(server.url);
    const count = () => new Promise<number>((resolve) => server.http.getConnections((_, n) => resolve(n)));
    const before = await count();
    for (const more of ['', 'x']) {
      const socket = connectTcp({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => {});
      socket.write(`GET /v1/nowhere HTTP/1.1\r\nHost: localhost\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n${more}`);
      const [answer] = await once(socket, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1\.1 404 .*"EARSHOT_NOT_FOUND"/s);
      await expect.poll(count).toBeLessThanOrEqual(before);
      socket.destroy();
    }
  });

  it.each(['flush', 'close'])('half a sample before %s, which is told and counts for nothing', async (type) => {
    const client = new RawClient(`${server.url}/v1/stream?encoding=f32le`);
    await client.next('ready');
    client.send(new Uint8Array(4 * 800 + 3));
    client.send({ type });
    expect(await client.next('warning')).toMatchObject({ code: 'EARSHOT_AUDIO_TRUNCATED' });
    if (type === 'flush') client.send({ type: 'close' });
    expect((await client.closed).code).toBe(1000);
    expect(client.of('closed')[0].samples).toBe(800);
  });

  it('the token of a session that has ended', async () => {
    const first = new RawClient(`${server.url}/v1/stream`);
    const { token } = await first.next('ready');
    first.send({ type: 'close' });
    await first.closed;
    await expectRefusal(new RawClient(`${server.url}/v1/stream?token=${token}`), 'EARSHOT_SESSION_UNKNOWN', 4410);
  });

  it('a second producer with a name in use', async () => {
    const first = new RawClient(`${server.url}/v1/stream?name=only`);
    await first.next('ready');
    await expectRefusal(new RawClient(`${server.url}/v1/stream?name=only`), 'EARSHOT_NAME_TAKEN', 4409);
    first.send({ type: 'close' });
    expect((await first.closed).code).toBe(1000);
    const next = new RawClient(`${server.url}/v1/stream?name=only`);
    await next.next('ready');
    next.socket.close();
  });

  it('audio after close', async () => {
    const client = new RawClient(`${server.url}/v1/stream`);
    await client.next('ready');
    client.socket.send('{"type":"close"}');
    client.socket.send(new Uint8Array(2));
    expect([1000, 4422]).toContain((await client.closed).code);
  });

  it('audio from a subscriber', async () => {
    const client = new RawClient(`${server.url}/v1/events`);
    await client.next('subscribed');
    client.send(new Uint8Array(10));
    await expectRefusal(client, 'EARSHOT_MESSAGE', 4422);
  });

  it('a client that says nothing', async () => {
    const impatient = await startServer({ limits: { idleSeconds: 1 } });
    const client = new RawClient(`${impatient.url}/v1/stream`);
    await expectRefusal(client, 'EARSHOT_IDLE', 4408);
  });

  it('addresses that are none', async () => {
    const status = (path: string, method = 'GET', headers = {}) =>
      new Promise<number | undefined>((resolve) => {
        const { port } = new URL(server.url);
        const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
          resolve(response.resume().statusCode);
        });
        asked.on('upgrade', (_, socket) => socket.destroy()).end();
      });
    expect(await status('/v1/nothing')).toBe(404);
    expect(await status('//[')).toBe(404);
    expect(await status('/v1/models', 'DELETE')).toBe(405);
    const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
    expect(await status('/v2/stream', 'GET', { ...upgrade, 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' })).toBe(
      404,
    );
    expect(await status('/v1/stream', 'GET', { ...upgrade, 'Sec-WebSocket-Key': 'short' })).toBe(400);
  });
});

describe('a hostile client', () => {
  it('disturbs nobody, whatever it sends and whenever it leaves', async () => {
    const command = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.string({ maxLength: 60 }),
      fc.constantFrom(
        '{"type":"flush"}',
        '{"type":"reset"}',
        '{"type":"keepalive"}',
        '{"type":"configure","threshold":0.1}',
        '{"type":"configure","events":[]}',
      ),
      fc.json(),
    );
    const known = v.parser(toProducerSchema);
    const done = await steady();
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 12 }), fc.boolean(), async (messages, cut) => {
        const client = new RawClient(`${server.url}/v1/stream?frames_per_message=3`);
        await client.next('ready');
        for (const message of messages) if (client.socket.readyState === 1) client.send(message);
        if (cut) client.socket.terminate();
        else client.socket.close();
        await client.closed;
        for (const message of client.messages) known(message);
      }),
      { numRuns: 100 },
    );
    await done();
  });
});
