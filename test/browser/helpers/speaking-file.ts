import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HEADER_BYTES = 44;

/** A WAV file of 16 bits with silence before and after what another one says; gives its path. */
export function withSilence(wav: URL, before: number, after: number): string {
  const bytes = readFileSync(wav);
  const byteRate = bytes.readUInt32LE(28);
  const silence = (seconds: number) => Buffer.alloc(Math.round(seconds * byteRate) & ~1);
  const data = Buffer.concat([silence(before), bytes.subarray(HEADER_BYTES), silence(after)]);
  const header = Buffer.from(bytes.subarray(0, HEADER_BYTES));
  header.writeUInt32LE(HEADER_BYTES - 8 + data.length, 4);
  header.writeUInt32LE(data.length, HEADER_BYTES - 4);
  const path = join(mkdtempSync(join(tmpdir(), 'earshot-microphone-')), 'microphone.wav');
  writeFileSync(path, Buffer.concat([header, data]));
  return path;
}
