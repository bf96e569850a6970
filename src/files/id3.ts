import type { ByteReader } from './byte-reader.js';

const HEADER_BYTES = 10;

/** Skips the ID3v2 tags (id3.org, "ID3 tag version 2.4.0", 3.1) that stand before MP3, AAC and sometimes FLAC. */
export async function skipId3(reader: ByteReader): Promise<void> {
  for (;;) {
    const size = id3Bytes(await reader.peek(HEADER_BYTES));
    if (size === 0) return;
    await reader.skip(size);
  }
}

/** The length of the ID3v2 tag at the start of `bytes`; 0 if there is none. */
export function id3Bytes(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0;
  const [a, b, c, d] = bytes.subarray(6, HEADER_BYTES);
  if ((a | b | c | d) >= 0x80) return 0;
  const hasFooter = (bytes[5] & 0x10) !== 0;
  return HEADER_BYTES + ((a << 21) | (b << 14) | (c << 7) | d) + (hasFooter ? HEADER_BYTES : 0);
}
