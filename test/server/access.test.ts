import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, subscribe } from 'earshot/client';
import { createEarshotServer, readTokenFile } from 'earshot/server';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Access } from '../../server/access.ts';
import { RawClient, startServer, type TestServer } from './server.ts';

const KITCHEN = 'kitchen-token-0123456789';
const WATCHER = 'watcher-token-0123456789';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    tokens: [
      { token: KITCHEN, produce: ['kitchen-*'] },
      { token: WATCHER, subscribe: ['kitchen-1'] },
    ],
    allowedOrigins: ['https://example.org'],
  });
});

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

function ask(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  { url }: TestServer = server,
): Promise<Answer> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, async (response) => {
      const body = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode, headers: response.headers, body });
    });
    asked.on('upgrade', (_, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: {}, body: '' });
    });
    asked.on('error', reject).end();
  });
}

const upgrade = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe('tokens', () => {
  it('are asked for', async () => {
    const { status, body } = await ask('/v1/stream', upgrade);
    expect([status, JSON.parse(body).code]).toEqual([401, 'EARSHOT_UNAUTHORISED']);
    expect((await ask('/v1/stream', { ...upgrade, ...bearer('kitchen-token-012345678x') })).status).toBe(401);
    expect((await ask('/metrics')).status).toBe(401);
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('allow in a header, as a subprotocol, or once in the query', async () => {
    expect((await ask('/v1/stream?name=kitchen-a', { ...upgrade, ...bearer(KITCHEN) })).status).toBe(101);
    const client = await connect(server.url, { sampleRate: 16000, name: 'kitchen-b', token: KITCHEN });
    await client.close();
    const { status, body } = await ask('/v1/tokens', bearer(KITCHEN), 'POST');
    const { token, expires_in } = JSON.parse(body);
    expect([status, expires_in]).toEqual([201, 60]);
    const path = `/v1/stream?name=kitchen-c&access_token=${token}`;
    expect((await ask(path, upgrade)).status).toBe(101);
    expect((await ask(path, upgrade)).status).toBe(401);
  });

  it('for a single use open a WebSocket and nothing else, so that none can be renewed', async () => {
    const { token } = JSON.parse((await ask('/v1/tokens', bearer(KITCHEN), 'POST')).body);
    const query = `access_token=${token}`;
    expect((await ask(`/v1/tokens?${query}`, {}, 'POST')).status).toBe(401);
    for (const path of ['/metrics', '/v1/models', '/v1/streams']) {
      expect((await ask(`${path}?${query}`)).status).toBe(401);
    }
    expect((await ask(`/v1/stream?name=kitchen-s&${query}`, upgrade)).status).toBe(101);
  });

  it('for a single use last a minute, and the number that each token makes is bounded', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const access = new Access([
      { token: KITCHEN, produce: ['a'], subscribe: [] },
      { token: WATCHER, subscribe: ['a'] },
    ]);
    const rights = access.rightsOf(KITCHEN);
    const [early, late] = [access.issue(rights), access.issue(rights)];
    vi.advanceTimersByTime(59_000);
    expect(access.redeem(early)).toEqual({ produce: ['a'], subscribe: [] });
    expect(() => access.redeem(early)).toThrow(expect.objectContaining({ code: 'EARSHOT_UNAUTHORISED' }));
    vi.advanceTimersByTime(2000);
    expect(() => access.redeem(late)).toThrow(expect.objectContaining({ code: 'EARSHOT_UNAUTHORISED' }));
    for (let i = 0; i < 10_000; i++) access.issue(rights);
    expect(() => access.issue(rights)).toThrow(expect.objectContaining({ code: 'EARSHOT_LIMIT' }));
    const watching = access.rightsOf(WATCHER);
    expect(access.redeem(access.issue(watching))).toBe(watching);
    vi.advanceTimersByTime(61_000);
    access.issue(rights);
    vi.useRealTimers();
  });

  it('are good for their streams only, and for producing or subscribing', async () => {
    const refused = { code: 'EARSHOT_FORBIDDEN' };
    const options = { sampleRate: 16000, token: KITCHEN };
    await expect(connect(server.url, { ...options, name: 'bath' })).rejects.toMatchObject(refused);
    await expect(connect(server.url, options)).rejects.toMatchObject(refused);
    await expect(connect(server.url, { ...options, token: WATCHER, name: 'kitchen-1' })).rejects.toMatchObject(refused);
    const nothing = { ...refused, message: /any stream/ };
    await expect(subscribe(server.url, { token: KITCHEN })).rejects.toMatchObject(nothing);
    await expect(subscribe(server.url, { token: WATCHER, stream: 'kitchen-2' })).rejects.toMatchObject(refused);
    const all = await subscribe(server.url, { token: WATCHER });
    const opened: string[] = [];
    all.on('stream_opened', ({ stream }) => opened.push(stream));
    const seen = new Promise((resolve) => all.on('stream_closed', resolve));
    for (const name of ['kitchen-2', 'kitchen-1']) {
      const client = await connect(server.url, { ...options, name });
      expect(JSON.parse((await ask('/v1/streams', bearer(WATCHER))).body).streams.length).toBe(
        name === 'kitchen-1' ? 1 : 0,
      );
      await client.close();
    }
    await seen;
    expect(opened).toEqual(['kitchen-1']);
    all.close();
  });

  it('of a session open no other, and are in no log and no listing', async () => {
    const client = new RawClient(`${server.url}/v1/stream?name=kitchen-d`, [], bearer(KITCHEN));
    const { token } = await client.next('ready');
    const thief = new RawClient(`${server.url}/v1/stream?token=${token}`, [], bearer(WATCHER));
    expect((await thief.closed).code).toBe(4403);
    expect((await ask('/v1/streams', bearer(WATCHER))).body).not.toContain(token);
    client.send({ type: 'close' });
    expect((await client.closed).code).toBe(1000);
  });

  it('are read from a file that is checked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-tokens-'));
    const file = join(folder, 'tokens.json');
    const written = (text: string) => {
      writeFileSync(file, text);
      return readTokenFile(file);
    };
    expect(await written(JSON.stringify([{ token: KITCHEN, produce: ['a'] }]))).toEqual([
      { token: KITCHEN, produce: ['a'], subscribe: [] },
    ]);
    for (const bad of ['', '[]', '{}', '[{"token":"short"}]', `[{"token":"${KITCHEN}","may":["*"]}]`]) {
      await expect(written(bad)).rejects.toMatchObject({ code: 'EARSHOT_TOKEN_FILE' });
    }
    rmSync(folder, { recursive: true });
    await expect(readTokenFile(file)).rejects.toMatchObject({ code: 'EARSHOT_TOKEN_FILE' });
  });
});

describe('web pages', () => {
  it.each([
    ['https://evil.example', 403],
    ['null', 403],
    ['https://example.org', 101],
  ])('from %s get %i', async (origin, status) => {
    const headers = { ...upgrade, ...bearer(KITCHEN), Origin: origin };
    expect((await ask('/v1/stream?name=kitchen-o', headers)).status).toBe(status);
  });

  it('from the server itself are allowed, also behind a proxy on this machine that ends TLS', async () => {
    const own = new URL(server.url).host;
    const from = (name: string, origin: string, host: string) =>
      ask(`/v1/stream?name=${name}`, { ...upgrade, ...bearer(KITCHEN), Origin: origin, Host: host });
    expect((await from('kitchen-p', `http://${own}`, own)).status).toBe(101);
    expect((await from('kitchen-q', 'https://ears.example', 'ears.example')).status).toBe(101);
    expect((await from('kitchen-r', 'https://evil.example', 'ears.example')).status).toBe(403);
  });

  it.each([
    [{ allowedOrigins: 'https://example.org' }, /allowedOrigins/],
    [{ allowedOrigins: ['example.org'] }, /Expected an origin such as https:\/\/example\.org/],
    [{ allowedOrigins: ['https://example.org/'] }, /Expected an origin/],
    [{ workers: 0 }, /workers/],
    [{ limits: { stream: 1 } }, /limits\.stream/],
    [{ limits: { streams: -1 } }, /limits\.streams/],
    [{ token: [] }, /token/],
  ])('are not promised by options that mean nothing: %j', async (options, message) => {
    const refused = { code: 'EARSHOT_BAD_ARGUMENT', message: expect.stringMatching(message) };
    await expect(createEarshotServer(options as object)).rejects.toMatchObject(refused);
  });

  it('are given once, however often a server is attached', async () => {
    const twice = await startServer();
    twice.earshot.attach(twice.http);
    await (await connect(twice.url, { sampleRate: 8000 })).close();
  });

  it('get nothing without tokens under a name that only leads to this machine (DNS rebinding)', async () => {
    const open = await startServer({ allowedOrigins: ['http://evil.example'] });
    const { port } = new URL(open.url);
    for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example']) {
      for (const headers of [{ Host: host }, { Host: host, Origin: `http://${host}` }]) {
        for (const path of ['/metrics', '/v1/models', '/v1/streams']) {
          const { status, body } = await ask(path, headers, 'GET', open);
          expect([status, JSON.parse(body).code]).toEqual([403, 'EARSHOT_FORBIDDEN']);
        }
        expect((await ask('/v1/tokens', headers, 'POST', open)).status).toBe(403);
        for (const path of ['/v1/stream', '/v1/events']) {
          expect((await ask(path, { ...upgrade, ...headers }, 'GET', open)).status).toBe(403);
        }
        expect((await ask('/healthz', headers, 'GET', open)).status).toBe(200);
      }
    }
    for (const host of ['localhost', `localhost:${port}`, '127.0.0.1', '127.0.0.2:8080', `[::1]:${port}`]) {
      expect((await ask('/v1/streams', { Host: host }, 'GET', open)).status).toBe(200);
      expect((await ask('/v1/stream', { ...upgrade, Host: host, Origin: `http://${host}` }, 'GET', open)).status).toBe(
        101,
      );
    }
  });
});

describe('answers over HTTP', () => {
  it('tell of health, models, streams and numbers', async () => {
    expect(JSON.parse((await ask('/readyz')).body)).toEqual({ status: 'ready' });
    const { models } = JSON.parse((await ask('/v1/models', bearer(WATCHER))).body);
    expect(models[0]).toMatchObject({ name: 'commands', labels: expect.arrayContaining(['yes', 'no']) });
    const metrics = await ask('/metrics', bearer(WATCHER));
    expect(metrics.headers['content-type']).toContain('text/plain');
    for (const name of [
      'streams',
      'frames_total',
      'step_seconds',
      'queue_seconds',
      'detections_total',
      'refusals_total',
    ]) {
      expect(metrics.body).toContain(`earshot_${name}`);
    }
    expect(metrics.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(metrics.headers).not.toHaveProperty('x-powered-by');
    expect((await ask('/healthz', {}, 'HEAD')).body).toBe('');
  });
});
