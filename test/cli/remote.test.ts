import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { connect, subscribe } from 'earshot/client';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/model.ts';
import { openModel } from '../../src/node/open-model.ts';
import { wavFile } from '../../web/wav.ts';
import { longSpeech, readyMessage, scriptedServer } from '../client/helpers.ts';
import { concatBytes, fixture } from '../files/helpers.ts';
import { withFakeWebAudio } from '../node/fake-web-audio/options.ts';
import { alone, startServer, type TestServer, words } from '../server/server.ts';
import { directoryWith, linesOf, runCli, runCliUntil, startCli, startCliWith, startServing } from './cli.ts';

const SAMPLE = fileURLToPath(new URL('../../samples/words.wav', import.meta.url));
const NOWHERE = 'http://127.0.0.1:1';
const PATIENCE = { timeout: 10_000 };

let server: TestServer;
let model: Model;
beforeAll(async () => {
  [server, model] = await Promise.all([startServer(), openModel()]);
});

const { sampleRate, samples } = words();
const expected = () => alone(model, sampleRate, samples);
const detections = () => expected().flatMap((event) => (event.type === 'detection' ? [event] : []));
const parsed = (output: string) => linesOf(output).map((line) => JSON.parse(line));

describe('earshot stream', () => {
  it('sends a file and prints its detections as lines of JSON', async () => {
    const { stdout, stderr, code } = await runCli(['stream', SAMPLE, server.url]);
    expect([parsed(stdout), stderr, code]).toEqual([detections(), '', 0]);
  });

  it('sends standard input, and prints frames too', async () => {
    const { stdout, code } = await runCli(['stream', '--frames', '-', server.url], readFileSync(SAMPLE));
    expect([parsed(stdout), code]).toEqual([expected(), 0]);
  });

  it('sends no faster than the audio plays, and ends the stream in order on Ctrl-C', async () => {
    const start = performance.now();
    const { stdout, stderr, code } = await runCliUntil(/"off"/, ['stream', '--realtime', SAMPLE, server.url]);
    const [first, second] = parsed(stdout);
    expect(performance.now() - start).toBeGreaterThan(1000 * second.end);
    expect([first.label, second.label, stderr, code]).toEqual(['on', 'off', '', 130]);
    await expect.poll(() => streams(), PATIENCE).toEqual([]);
  });

  it('prints all that the server has heard before it ends on Ctrl-C', async () => {
    const long = join(directoryWith({ 'long.wav': wavFile(longSpeech(20).samples, sampleRate) }), 'long.wav');
    const subscriber = await subscribe(server.url, { stream: 'long', events: ['stream_closed'] });
    const closed = new Promise<{ frames: number; detections: number }>((resolve) =>
      subscriber.on('stream_closed', resolve),
    );
    const stream = ['stream', '--frames', '--name', 'long', long, server.url];
    const { stdout, code } = await runCliUntil(/"index":60,/, stream);
    const { frames, detections: words } = await closed;
    await subscriber.close();
    expect([linesOf(stdout).length, code]).toEqual([frames + words, 130]);
    expect(frames).toBeLessThan(longSpeech(20).samples.length / sampleRate / 0.02);
  });

  it.each([
    ['a file that is not there', ['nothing.wav', NOWHERE], 'nothing.wav', 'EARSHOT_FILE_NOT_FOUND'],
    ['a server that is not there', [SAMPLE, NOWHERE], NOWHERE, 'EARSHOT_CONNECTION'],
    ['no address', [SAMPLE, 'localhost'], 'localhost', 'EARSHOT_BAD_ARGUMENT'],
  ])('says in one line what is wrong: %s', async (_, args, about, code) => {
    const run = await runCli(['stream', ...args]);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(linesOf(run.stderr)).toEqual([expect.stringMatching(`^earshot: ${about}: .*\\(${code}\\)$`)]);
  });

  it.each([
    ['a file that is sent slowly', ['stream', '--realtime', SAMPLE]],
    ['an input that says no more', ['stream', '-']],
  ])('says in one line that the server has ended the stream, and ends: %s', async (_, args) => {
    const url = await scriptedServer((socket) => {
      socket.send(readyMessage);
      socket.once('message', () => {
        socket.send('{"type":"error","code":"EARSHOT_INTERNAL","message":"A fault"}');
        socket.close(4500);
      });
    });
    const cli = startCli(...args, url);
    cli.stdin.write(readFileSync(SAMPLE).subarray(0, 50_000));
    const [stderr, [code]] = await Promise.all([text(cli.stderr), once(cli, 'close')]);
    expect([stderr, code]).toEqual([`earshot: ${url}: A fault (EARSHOT_INTERNAL)\n`, 1]);
  });

  it('ends the stream in order when the file cannot be read to its end', async () => {
    const bytes = concatBytes(fixture('tones.opus'), fixture('tones-mono.opus'));
    const file = join(directoryWith({ 'chained.opus': bytes }), 'chained.opus');
    const { stdout, stderr, code } = await runCli(['stream', '--frames', file, server.url]);
    expect(parsed(stdout).at(-1)).toMatchObject({ type: 'frame' });
    expect(linesOf(stderr)).toEqual([expect.stringMatching(/chained.opus: .*\(EARSHOT_AUDIO_UNSUPPORTED\)$/)]);
    expect(code).toBe(1);
    expect(await streams()).toEqual([]);
  });

  it('names the model that the server does not have', async () => {
    const { stderr, code } = await runCli(['stream', '-m', 'other', SAMPLE, server.url]);
    expect([stderr, code]).toEqual([expect.stringContaining('EARSHOT_MODEL_NOT_FOUND'), 1]);
  });
});

describe('earshot subscribe', () => {
  it('prints a line an event until Ctrl-C', async () => {
    const running = runCliUntil(/ends/, ['subscribe', server.url, '--stream', 'shown', '--since', '0']);
    await speak('shown');
    const { stdout, stderr, code } = await running;
    const lines = linesOf(stdout);
    expect(lines[0]).toBe('shown             begins (commands, 16000 Hz)');
    const [{ start, score }] = detections();
    expect(lines[1]).toBe(`shown             0:0${start.toFixed(2)}  on       ${score.toFixed(2)}`);
    expect(lines.at(-1)).toMatch(/^shown {13}ends: \d+ frames, 6 detections$/);
    expect([lines.length, stderr, code]).toEqual([8, '', 0]);
  });

  it('prints the events asked for as lines of JSON', async () => {
    const args = ['--stream', 'lined', '--events', 'frame,stream_closed', '--format', 'jsonl'];
    const running = runCliUntil(/stream_closed/, ['subscribe', server.url, ...args]);
    // Frames are not kept: it has to be there when they come.
    await expect.poll(() => subscribers(), PATIENCE).toBe(1);
    await speak('lined');
    const events = parsed((await running).stdout);
    const frames = events.slice(0, -1).map(({ seq: _, stream: __, ...frame }) => frame);
    expect(frames).toEqual(expected().filter(({ type }) => type === 'frame'));
  });

  it.each([
    [[NOWHERE], 'EARSHOT_CONNECTION'],
    [['--events', 'nonsense'], 'EARSHOT_PARAMETER'],
    [['--since', 'yesterday'], 'EARSHOT_PARAMETER'],
  ])('says in one line what is wrong: %j', async (args, code) => {
    const run = await runCli(['subscribe', ...(args[0] === NOWHERE ? [] : [server.url]), ...args]);
    expect([linesOf(run.stderr), run.code]).toEqual([[expect.stringMatching(`\\(${code}\\)$`)], 1]);
  });
});

describe('earshot listen --to', () => {
  const hear = (args: string[], until: RegExp, microphone = 'speaking') =>
    runCliUntil(until, ['listen', '--to', server.url, ...args], withFakeWebAudio(microphone));

  it('sends the microphone and writes what the server hears, until Ctrl-C', async () => {
    const { stdout, stderr, code } = await hear([], /right.*\n/);
    expect(linesOf(stdout).map((line) => line.split(/ +/)[1])).toEqual(detections().map(({ label }) => label));
    expect([stderr, code]).toEqual(['', 0]);
    await expect.poll(() => streams(), PATIENCE).toEqual([]);
  });

  it('writes the very events of listening here', async () => {
    const { stdout } = await hear(['--frames', '--format', 'jsonl'], /"right".*\n/);
    const [file, ...events] = parsed(stdout);
    expect(file).toEqual({ type: 'file', path: 'microphone', format: 'live', sampleRate: 16000, channels: 1 });
    const until = expected().findLastIndex(({ type }) => type === 'detection');
    expect(events.slice(0, until + 1)).toEqual(expected().slice(0, until + 1));
  });

  it('changes the threshold on the server', async () => {
    const { stdout } = await hear(['--threshold', '0.9'], /left.*\n/);
    for (const line of linesOf(stdout)) expect(Number(line.split(/ +/)[2])).toBeGreaterThanOrEqual(0.9);
  });

  it.each([
    [['--model', 'other'], 'speaking', /: ws:.*EARSHOT_MODEL_NOT_FOUND/],
    [[], 'none', /: microphone: .*EARSHOT_MICROPHONE_MISSING/],
    [[], 'unplugged', /: microphone: .*EARSHOT_MICROPHONE_LOST/],
  ])('says in one line what is wrong: %j %s', async (args, microphone, message) => {
    const { stderr, code } = await hear(args, /never/, microphone);
    expect([linesOf(stderr), code]).toEqual([[expect.stringMatching(message)], 1]);
  });

  it('ends on Ctrl-C also while the server says nothing', { timeout: 9000 }, async () => {
    const silent = createTcpServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const cli = startCliWith(withFakeWebAudio('speaking'), 'listen', '--to', `ws://127.0.0.1:${port}`);
    const [socket] = await once(silent, 'connection');
    cli.kill('SIGINT');
    const [stderr, [code]] = await Promise.all([text(cli.stderr), once(cli, 'close')]);
    socket.destroy();
    silent.close();
    expect([stderr, code]).toEqual(['', 0]);
  });

  it('has a name, so that a token for some names is enough', async () => {
    const token = 'kitchen-microphone-7c1f0b';
    const guarded = await startServer({ tokens: [{ token, produce: ['kitchen-*'] }] });
    const args = ['listen', '--to', guarded.url, '--name', 'kitchen-1'];
    const { stderr, code } = await runCliUntil(/on .*\n/, args, {
      ...withFakeWebAudio('speaking'),
      EARSHOT_TOKEN: token,
    });
    expect([stderr, code]).toEqual(['', 0]);
  });

  it('has a name on a server only', async () => {
    const { stderr, code } = await runCli(['listen', '--name', 'kitchen']);
    expect([stderr, code]).toEqual([expect.stringContaining('--to'), 2]);
  });

  it('leaves the extractor to the server', async () => {
    const { stderr, code } = await runCli(['listen', '--to', server.url, '--extractor', 'meyda']);
    expect([stderr, code]).toEqual([expect.stringContaining('--extractor'), 2]);
  });
});

describe('earshot serve', () => {
  it('plays a recording as a stream that others can hear, and ends with Ctrl-C', async () => {
    const { stdout, stderr, code } = await runCliUntil(/right.*\n/, ['serve', '--port', '0', '--demo']);
    expect(stdout).toMatch(/^The server and its page: http:\/\/localhost:\d+\/\n/);
    const heard = [...stdout.matchAll(/^ {2}\d:\d\d\.\d\d {2}(\w+)/gm)].map(([, label]) => label);
    expect([heard, stderr, code]).toEqual([detections().map(({ label }) => label), '', 0]);
  });

  const network = Object.values(networkInterfaces()).flat();
  const own = network.find((entry) => entry?.family === 'IPv4' && !entry.internal)?.address ?? '';
  it.skipIf(own === '')('bounds the streams of one address', { timeout: 60_000 }, async () => {
    const limit = ['--max-streams-per-address', '1'];
    const { cli: serving, url } = await startServing('serve', '--host', own, '--insecure', ...limit);
    try {
      const first = await connect(url, { sampleRate });
      await expect(connect(url, { sampleRate })).rejects.toMatchObject({ code: 'EARSHOT_LIMIT' });
      await first.close();
    } finally {
      serving.kill('SIGINT');
      await once(serving, 'close');
    }
  });

  it('names --port when the port is taken, and ends', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await runCli(['serve', '--port', String(port)]);
    other.close();
    expect([code, stderr]).toEqual([1, expect.stringMatching(/--port.*\(EARSHOT_PORT_BUSY\)\n$/)]);
  });

  it('ends at once though connections stay that say nothing, or were refused', async () => {
    const { cli: serving, url } = await startServing('serve');
    const address = { host: '127.0.0.1', port: Number(new URL(url).port), allowHalfOpen: true };
    const [silent, refused] = [0, 1].map(() => connectTcp(address).on('error', () => {}));
    await Promise.all([silent, refused].map((socket) => once(socket, 'connect')));
    refused.write('GET /nowhere HTTP/1.1\r\nHost: localhost\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nx');
    await once(refused, 'data');
    serving.kill('SIGTERM');
    const [code] = await once(serving, 'close');
    expect(code).toBe(0);
    for (const socket of [silent, refused]) socket.destroy();
  });

  it('does not start for strangers without tokens', async () => {
    const { code, stderr } = await runCli(['serve', '--host', '0.0.0.0', '--port', '0']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('EARSHOT_INSECURE_HOST')]);
  });

  it.each([
    ['--tls-cert', 'cert.pem'],
    ['--demo', '--token-file', 'tokens.json'],
    ['--workers', '0'],
  ])('refuses what makes no sense: %s', async (...args) => {
    expect(await runCli(['serve', '--port', '0', ...args])).toMatchObject({ code: 2, stdout: '' });
  });

  it.each([
    ['--tls-cert', 'a.pem', '--tls-key', 'b.pem'],
    ['--token-file', 'tokens.json'],
    ['--models', '.'],
  ])('ends when a file that it needs is missing, and names it: %s', async (...args) => {
    const folder = directoryWith({});
    const paths = args.map((arg) => (arg.startsWith('--') ? arg : join(folder, arg)));
    const ended = await runCli(['serve', '--port', '0', ...paths]);
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(folder) });
  });

  it.each([
    ['--token-file', 'tokens.json', '[{ "token": "secret'],
    ['--models', '.', 'what is this? xyzzy'],
  ])('names a file that is damaged, and shows nothing of it: %s', async (option, path, text) => {
    const folder = directoryWith({ 'tokens.json': text, 'model.safetensors': text });
    const { code, stderr } = await runCli(['serve', '--port', '0', option, join(folder, path)]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${folder}/`)]);
    expect(stderr).not.toContain(text.slice(-6));
  });
});

async function speak(name: string): Promise<void> {
  const client = await connect(server.url, { sampleRate, name, events: [] });
  await client.send(samples);
  await client.close();
}

const http = (path: string) => fetch(`${server.url.replace('ws', 'http')}${path}`);

async function streams(): Promise<unknown[]> {
  return ((await (await http('/v1/streams')).json()) as { streams: unknown[] }).streams;
}

async function subscribers(): Promise<number> {
  const [, count] = /^earshot_subscribers (\d+)/m.exec(await (await http('/metrics')).text()) ?? [];
  return Number(count);
}
