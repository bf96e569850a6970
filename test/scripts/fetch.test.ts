import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { download } from '../../scripts/fetch/download.ts';
import { unpack } from '../../scripts/fetch/unpack.ts';
import { wordFiles } from '../../src/train/recordings/word-files.ts';
import { writeWav } from '../helpers/wav.ts';
import { numbers } from '../train/helpers.ts';

// 0c40e715 is a speaker of the official test set, 00176480 one of the training set.
const WORDS = ['yes/0c40e715_nohash_0.wav', 'yes/00176480_nohash_0.wav', 'bed/00176480_nohash_1.wav'];
const OTHERS = ['LICENSE', 'README.md', 'testing_list.txt', 'validation_list.txt'];

let folder: string;
let archive: string;
let server: Server;
let requests: IncomingMessage[];
/** What the server does. */
let answer: { bytes: Buffer; ranges: boolean; breakAfter?: number };

/** An archive as that of Speech Commands, if a small one. */
async function makeArchive(): Promise<void> {
  const source = join(folder, 'source');
  for (const path of [...WORDS, '_background_noise_/tap.wav']) {
    mkdirSync(join(source, path, '..'), { recursive: true });
    writeWav(join(source, path), numbers(8000, path.length, 0.5), 8000);
  }
  for (const path of OTHERS) writeFileSync(join(source, path), 'text');
  archive = join(folder, 'archive.tar.gz');
  await create({ gzip: true, file: archive, cwd: source }, ['.']);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-fetch-'));
  await makeArchive();
  requests = [];
  answer = { bytes: readFileSync(archive), ranges: true };
  server = createServer((request, response) => {
    requests.push(request);
    const { bytes, ranges, breakAfter } = answer;
    const [, from] = (ranges && /^bytes=(\d+)-$/.exec(request.headers.range ?? '')) || [undefined, 0];
    const rest = bytes.subarray(Number(from));
    if (rest.length === 0) {
      response.writeHead(416).end();
      return;
    }
    response.writeHead(Number(from) > 0 ? 206 : 200, { 'content-length': rest.length });
    if (breakAfter === undefined) response.end(rest);
    else response.write(rest.subarray(0, breakAfter), () => void onceWritten().then(() => response.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

/** Until some bytes have come to the disk. */
async function onceWritten(): Promise<void> {
  while (!existsSync(`${fetched()}.part`) || statSync(`${fetched()}.part`).size === 0) await setTimeout(5);
}

const sha256 = () => createHash('sha256').update(readFileSync(archive)).digest('hex');
const fetched = () => join(folder, 'fetched.tar.gz');
const get = (changes = {}) =>
  download({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/archive.tar.gz`,
    path: fetched(),
    sha256: sha256(),
    ...changes,
  });

describe('a download', () => {
  test.each([
    true,
    false,
  ])('that broke off goes on to the same bytes, whether the server can resume: %s', async (ranges) => {
    answer = { ...answer, ranges, breakAfter: 9000 };
    await expect(get()).rejects.toThrow();
    expect(existsSync(fetched())).toBe(false);
    answer = { bytes: answer.bytes, ranges };
    const seen: [number, number | undefined][] = [];
    await get({ onProgress: (bytes: number, total: number | undefined) => seen.push([bytes, total]) });
    expect(readFileSync(fetched()).equals(answer.bytes)).toBe(true);
    expect(Number(/\d+/.exec(requests[1].headers.range ?? '')?.[0])).toBeGreaterThan(0);
    expect(seen.at(-1)).toEqual([answer.bytes.length, answer.bytes.length]);
  });

  test('that is whole but was never checked is only checked', async () => {
    writeFileSync(`${fetched()}.part`, answer.bytes);
    await get();
    expect(readFileSync(fetched()).equals(answer.bytes)).toBe(true);
  });

  test('of other bytes than expected is refused and removed, so that the next begins anew', async () => {
    writeFileSync(`${fetched()}.part`, 'something else');
    await expect(get()).rejects.toThrow('SHA-256');
    expect(existsSync(fetched()) || existsSync(`${fetched()}.part`)).toBe(false);
    await get();
    expect(existsSync(fetched())).toBe(true);
  });

  test('that the server refuses says so', async () => {
    server.removeAllListeners('request');
    server.on('request', (_, response) => response.writeHead(404).end());
    await expect(get()).rejects.toThrow('answers 404');
  });
});

describe('the archive', () => {
  test('unpacked is what training and evaluation take, without lists and long noises among the words', async () => {
    const out = join(folder, 'speech_commands');
    await unpack(archive, out);
    const labels = ['_silence_', '_unknown_', 'yes'];
    const files = await wordFiles(out, labels);
    expect(files.map(({ path, split }) => [path.slice(out.length + 1), split])).toEqual([
      ['bed/00176480_nohash_1.wav', 'training'],
      ['yes/00176480_nohash_0.wav', 'training'],
      ['yes/0c40e715_nohash_0.wav', 'testing'],
    ]);
  });

  test('cut off is refused, and leaves no directory behind that looks whole', async () => {
    truncateSync(archive, 9000);
    const out = join(folder, 'speech_commands');
    await expect(unpack(archive, out)).rejects.toThrow();
    expect(existsSync(out)).toBe(false);
  });
});
