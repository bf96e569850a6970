import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { selfSigned } from '../helpers/certificate.ts';
import { directoryWith, runCli, startServing } from './cli.ts';

const TOKEN = 'kitchen-token-0123456789';
const right = { Authorization: `Bearer ${TOKEN}` };
const { cert, key } = selfSigned();

let serving: ChildProcess;
/** "https://localhost:PORT/" */
let url: string;
beforeAll(async () => {
  const tokens = JSON.stringify([{ token: TOKEN, produce: ['*'] }]);
  const folder = directoryWith({ 'cert.pem': cert, 'key.pem': key, 'tokens.json': tokens });
  const files = { '--tls-cert': 'cert.pem', '--tls-key': 'key.pem', '--token-file': 'tokens.json' };
  const options = Object.entries(files).flatMap(([option, name]) => [option, join(folder, name)]);
  ({ cli: serving, url } = await startServing('serve', '--allow-origin', 'https://example.org', ...options));
});
afterAll(async () => {
  serving.kill('SIGINT');
  await once(serving, 'close');
});

describe('earshot serve over TLS', () => {
  it.each([
    ['the right token', right, 'ready'],
    ['the right token in a page that is allowed', { ...right, Origin: 'https://example.org' }, 'ready'],
    ['the right token in another page', { ...right, Origin: 'https://evil.example' }, 403],
    ['a wrong token', { Authorization: `Bearer ${TOKEN}x` }, 401],
    ['no token', {}, 401],
  ])('answers %s', async (_, headers: Record<string, string>, answer) => {
    expect(await knock(headers)).toBe(answer);
  });

  it('answers its own page', async () => {
    expect(await knock({ ...right, Origin: new URL(url).origin })).toBe('ready');
  });

  it.each(['', 'v1/models'])('tells browsers to come back by TLS only: /%s', async (path) => {
    const [response]: IncomingMessage[] = await once(get(`${url}${path}`, { ca: cert, headers: right }), 'response');
    expect([response.resume().statusCode, response.headers['strict-transport-security']]).toEqual([
      200,
      'max-age=31536000',
    ]);
  });
});

it('refuses what is no certificate and its key, in one line', async () => {
  const folder = directoryWith({ 'cert.pem': key, 'key.pem': cert });
  const files = ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')];
  const { code, stdout, stderr } = await runCli(['serve', '--port', '0', ...files]);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^earshot: serve: .*cert\.pem.* \(EARSHOT_BAD_ARGUMENT\)\n$/);
});

/** @returns the type of the first message, or the status with which the connection is refused */
async function knock(headers: Record<string, string>): Promise<string | number | undefined> {
  const socket = new WebSocket(`${url.replace('https', 'wss')}v1/stream`, { ca: cert, headers });
  const answer = await new Promise<string | number | undefined>((resolve, reject) => {
    socket.on('message', (text) => resolve(JSON.parse(text.toString()).type));
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
    socket.on('error', reject);
  });
  socket.terminate();
  return answer;
}
