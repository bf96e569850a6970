import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeServer, openServer } from '../../src/page-server/open-server.ts';
import { createPageHandler } from '../../src/page-server/page-handler.ts';

const pageHandler = createPageHandler();
const server = createServer(pageHandler);
let origin: URL;
beforeAll(async () => {
  origin = await openServer(server, 0, '127.0.0.1');
});
afterAll(() => closeServer(server));

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: Buffer;
}

/** Unlike `fetch` it leaves paths as they are. */
function ask(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: origin.port, path, method, headers }, async (response) => {
      const body = Buffer.concat(await response.toArray());
      resolve({ status: response.statusCode, headers: response.headers, body });
    });
    asked.on('error', reject).end();
  });
}

describe('the page server', () => {
  it.each([
    ['/samples/words.wav', 'audio/wav', 'samples/words.wav'],
    ['/model.safetensors', 'application/octet-stream', 'models/commands.safetensors'],
  ])('gives %s as %s', async (path, type, file) => {
    const { status, headers, body } = await ask(path);
    const bytes = readFileSync(new URL(`../../${file}`, import.meta.url));
    expect([status, headers['content-type'], headers['content-length']]).toEqual([200, type, String(bytes.length)]);
    expect(body.equals(bytes)).toBe(true);
  });

  it('gives the page and its parts', async () => {
    const types = {
      '/': 'text/html',
      '/page.js': 'text/javascript',
      '/style.css': 'text/css',
      '/icon.svg': 'image/svg',
    };
    for (const [path, type] of Object.entries(types)) {
      const { status, headers } = await ask(`${path}?from=test`);
      expect(status, path).toBe(200);
      expect(headers['content-type'], path).toMatch(type);
    }
  });

  it('has security headers on every answer', async () => {
    for (const path of ['/samples/yes.wav', '/nothing']) {
      const { headers } = await ask(path);
      const policy = headers['content-security-policy'];
      for (const part of ["default-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'"]) {
        expect(policy).toContain(part);
      }
      expect(headers).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'origin-agent-cluster': '?1',
        'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-dns-prefetch-control': 'off',
        'x-frame-options': 'DENY',
        'x-permitted-cross-domain-policies': 'none',
        'x-xss-protection': '0',
      });
      expect(headers).not.toHaveProperty('strict-transport-security');
    }
  });

  it('asks browsers to come back over TLS where they came over TLS', async () => {
    const behindTls = createServer((asked, response) => {
      Object.assign(asked.socket, { encrypted: true });
      pageHandler(asked, response);
    });
    const { href } = await openServer(behindTls, 0, '127.0.0.1');
    const { headers } = await fetch(href.replace('localhost', '127.0.0.1'));
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
    await closeServer(behindTls);
  });

  it.each([
    '/samples/../package.json',
    '/samples/..%2fpackage.json',
    '/samples/%2e%2e/package.json',
    '/samples/..%5c..%5cpackage.json',
    '/../../../../etc/passwd',
    '/samples//etc/passwd',
    '//etc/passwd',
    '/samples/%00.wav',
    '/%zz',
    '/.git/config',
    '/samples/expected.json/',
    '/samples/README.md',
    '/models/commands.safetensors',
    '/samples/',
    '/samples',
    '/__proto__',
    '/samples/constructor',
    'http://other.example/samples/words.wav',
  ])('has nothing at %s', async (path) => {
    const { status, body } = await ask(path);
    expect([status, body.toString()]).toEqual([404, 'There is no such page\n']);
  });

  it('answers HEAD without a body, and nothing but GET and HEAD', async () => {
    const head = await ask('/samples/yes.wav', 'HEAD');
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, '32044']);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await ask('/samples/yes.wav', method);
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    }
  });

  it('sends a file again only when it changed', async () => {
    const { headers } = await ask('/samples/yes.wav');
    expect(headers['cache-control']).toBe('no-cache');
    const again = await ask('/samples/yes.wav', 'GET', { 'If-None-Match': String(headers.etag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('answers all that a client asks for at once over one connection, in order', async () => {
    const names = ['yes', 'no', 'yes', 'nothing', 'no'];
    const bodies = await Promise.all(names.map((name) => ask(`/samples/${name}.wav`).then(({ body }) => body)));
    const socket = connect(Number(origin.port), '127.0.0.1');
    const requests = names.map((name, n) => {
      const connection = n < names.length - 1 ? 'keep-alive' : 'close';
      return `GET /samples/${name}.wav HTTP/1.1\r\nHost: localhost\r\nConnection: ${connection}\r\n\r\n`;
    });
    socket.write(requests.join(''));
    const received = Buffer.concat(await socket.toArray());
    let at = 0;
    for (const body of bodies) {
      at = received.indexOf(body, at);
      expect(at).toBeGreaterThan(-1);
      at += body.length;
    }
    expect(at).toBe(received.length);
  });

  it('says which option helps when its port is taken', async () => {
    const second = createServer();
    const opening = openServer(second, Number(origin.port), '127.0.0.1');
    await expect(opening).rejects.toMatchObject({ code: 'EARSHOT_PORT_BUSY', value: Number(origin.port) });
    await expect(opening).rejects.toThrow('--port');
  });

  it('refuses a host that is not of this machine', async () => {
    const opening = openServer(createServer(), 0, '192.0.2.1');
    await expect(opening).rejects.toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT' });
  });
});
