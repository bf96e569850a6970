import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAudio } from '../src/node/open-audio.js';
import { openModel } from '../src/node/open-model.js';
import { spotChunks } from '../src/node/spot-file.js';
import { interleave } from './interleave.js';

const SAMPLE = new URL('../samples/words.wav', import.meta.url);
const HEADER_BYTES = 44;
const REPEATS = 24;

/** How many times faster than real time the default model hears a 16 kHz WAV file of two minutes, reading it included. */
export async function benchFile(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-bench-'));
  try {
    const path = join(folder, 'speech.wav');
    const seconds = await writeRepeated(path);
    const model = await openModel();
    const times = await interleave([
      {
        name: 'file',
        units: seconds,
        run: async () => {
          for await (const _ of spotChunks(await openAudio(path), { model, frames: false }));
        },
      },
    ]);
    const microsecondsPerSecond = times.get('file') ?? Number.NaN;
    console.log(`A 16 kHz WAV file, reading included: ${(1e6 / microsecondsPerSecond).toFixed(0)} times real time`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Writes the sample many times in a row, with a length that means "until the end". @returns seconds */
async function writeRepeated(path: string): Promise<number> {
  const wav = await readFile(SAMPLE);
  const header = Buffer.from(wav.subarray(0, HEADER_BYTES));
  header.writeUInt32LE(0xffffffff, 40);
  const samples = wav.subarray(HEADER_BYTES);
  await writeFile(path, Buffer.concat([header, ...Array<Buffer>(REPEATS).fill(samples)]));
  return (REPEATS * samples.length) / 2 / 16000;
}
