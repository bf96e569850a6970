import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import cliProgress from 'cli-progress';
import { download } from './fetch/download.js';
import { unpack } from './fetch/unpack.js';

// npm run fetch-speech-commands [-- DIR]: fetches Speech Commands v0.02 (Warden 2018, CC BY 4.0; 2.4 GB, unpacked about
// 3.5 GB) and unpacks it into DIR, a folder a word, as `earshot train --data` and `earshot evaluate --data` take it.
// Stopped and started again it goes on where it was.

const URL = 'http://download.tensorflow.org/data/speech_commands_v0.02.tar.gz';
const SHA256 = 'af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58';
const MEGABYTE = 1e6;

const directory = resolve(process.argv[2] ?? 'speech_commands');
if (existsSync(directory)) {
  console.error(`${directory} is there already; remove it, or name another directory`);
  process.exit(1);
}
const archive = `${directory}.tar.gz`;
if (!existsSync(archive)) await downloadArchive();
console.error('unpacking');
await unpack(archive, directory);
await rm(archive);
console.error(`done: earshot train --data ${directory} --noise ${directory}/_background_noise_ --words yes,no --out …`);

async function downloadArchive(): Promise<void> {
  const bar = new cliProgress.SingleBar({
    format: '{bar} {percentage}%  {value} of {total} MB  {eta_formatted} to go',
  });
  bar.start(1, 0);
  try {
    await download({ url: URL, path: archive, sha256: SHA256, onProgress: show });
  } finally {
    bar.stop();
  }

  function show(bytes: number, total: number | undefined): void {
    if (total !== undefined) bar.setTotal(Math.round(total / MEGABYTE));
    bar.update(Math.round(bytes / MEGABYTE));
  }
}
