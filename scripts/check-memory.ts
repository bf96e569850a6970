import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc } from '../src/files/crc.js';

// Lets `earshot file` hear ten minutes and then three hours of speech and compares the most memory that each took. Ten
// minutes are enough for everything to be compiled. Linux only: it reads /proc.

const crc8 = crc(8, 0x07);
const crc16 = crc(16, 0x8005);
const SAMPLE_RATE = 16000;
const BLOCK_SAMPLES = 4096;
const LIMIT_MB = 10;
/** V8 lets its young generation grow by megabytes whenever it sees fit. Held small, what grows is what is kept. */
const NODE_OPTIONS = ['--max-semi-space-size=1'];
const TEN_MINUTES = 600;
const THREE_HOURS = 3 * 3600;

const speech = (() => {
  const wav = readFileSync('samples/words.wav');
  const samples = new Int16Array(new Uint8Array(wav.subarray(44)).buffer, 0, Math.floor((wav.length - 44) / 2));
  return (at: number): number => samples[at % samples.length];
})();

function blockOf(first: number): Int16Array {
  return Int16Array.from({ length: BLOCK_SAMPLES }, (_, i) => speech(first + i));
}

/** WAV as programs write it into a pipe: a length that means "until the end". */
function* wav(seconds: number): Generator<Uint8Array> {
  const header = Buffer.alloc(44);
  header.write('RIFF\xff\xff\xff\xffWAVEfmt ', 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data\xff\xff\xff\xff', 36, 'latin1');
  yield header;
  for (let at = 0; at < seconds * SAMPLE_RATE; at += BLOCK_SAMPLES) yield new Uint8Array(blockOf(at).buffer);
}

/** FLAC (RFC 9639) with every block stored verbatim. */
function* flac(seconds: number): Generator<Uint8Array> {
  const info = Buffer.alloc(42);
  info.write('fLaC');
  info.writeUInt32BE(0x80000022, 4);
  info.writeUInt16BE(BLOCK_SAMPLES, 8);
  info.writeUInt16BE(BLOCK_SAMPLES, 10);
  info.writeUInt32BE((SAMPLE_RATE << 12) | (15 << 4), 18);
  yield info;
  const blocks = Math.ceil((seconds * SAMPLE_RATE) / BLOCK_SAMPLES);
  for (let n = 0; n < blocks; n++) yield flacFrame(n);
}

function flacFrame(number: number): Uint8Array {
  // Sync code and fixed block size; 4,096 samples at 16 kHz; mono, 16 bits; the frame's number as in UTF-8.
  const head = [0xff, 0xf8, 0xc5, 0x08, ...codedNumber(number)];
  const verbatim = 0x02;
  const frame = Buffer.alloc(head.length + 2 + 2 * BLOCK_SAMPLES + 2);
  frame.set([...head, crc8(Uint8Array.from(head)), verbatim]);
  blockOf(number * BLOCK_SAMPLES).forEach((sample, i) => {
    frame.writeInt16BE(sample, head.length + 2 + 2 * i);
  });
  frame.writeUInt16BE(crc16(frame.subarray(0, -2)), frame.length - 2);
  return frame;
}

const codedNumber = (number: number): Uint8Array => new TextEncoder().encode(String.fromCodePoint(number));

/** The most resident memory, in megabytes, and the words found. */
async function peak(path: string): Promise<{ megabytes: number; words: number }> {
  const child = spawn(process.execPath, [...NODE_OPTIONS, 'dist/cli/main.js', 'file', path, '--format', 'csv'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let kilobytes = 0;
  const look = (): void => {
    const [, high] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
    kilobytes = Math.max(kilobytes, Number(high ?? 0));
  };
  let words = -1;
  child.stdout.on('data', (text: Buffer) => {
    words += text.toString().split('\n').length - 1;
    look();
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`earshot ended with ${code}`);
  return { megabytes: kilobytes / 1024, words };
}

async function measure(encode: (seconds: number) => Iterable<Uint8Array>, seconds: number) {
  const path = join(folder, 'speech');
  await writeFile(path, encode(seconds));
  return peak(path);
}

const folder = await mkdtemp(join(tmpdir(), 'earshot-memory-'));
try {
  for (const [name, encode] of Object.entries({ wav, flac })) {
    const short = await measure(encode, TEN_MINUTES);
    const long = await measure(encode, THREE_HOURS);
    const growth = long.megabytes - short.megabytes;
    console.log(
      `${name}: ten minutes ${short.megabytes.toFixed(1)} MB (${short.words} words), ` +
        `three hours ${long.megabytes.toFixed(1)} MB (${long.words} words), growth ${growth.toFixed(1)} MB`,
    );
    if (long.words < 17 * short.words) throw new Error(`${name}: words got lost`);
    if (growth > LIMIT_MB) throw new Error(`${name}: grew by more than ${LIMIT_MB} MB`);
  }
} finally {
  await rm(folder, { recursive: true });
}
