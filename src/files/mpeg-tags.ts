import type { ByteReader } from './byte-reader.js';
import { latin1 } from './bytes.js';
import { skipId3 } from './id3.js';

/** ID3v1: mutagen-specs, "ID3v1", always so long. */
const ID3V1_BYTES = 128;
/** APEv2: its header, in which the length of the rest stands. */
const APE_HEADER_BYTES = 32;
const LYRICS = 'LYRICSBEGIN';

/**
 * Skips the tags that stand before and after MP3: ID3v2, ID3v1, APEv2, and the mark of Lyrics3, whose text is left.
 * @returns whether there was one of those that stand after it
 */
export async function skipTags(reader: ByteReader): Promise<boolean> {
  for (let hasEnded = false; ; hasEnded = true) {
    await skipId3(reader);
    const size = endTagBytes(await reader.peek(APE_HEADER_BYTES));
    if (size === 0) return hasEnded;
    await reader.skip(size);
  }
}

function endTagBytes(bytes: Uint8Array): number {
  if (latin1(bytes, 0, 3) === 'TAG') return ID3V1_BYTES;
  if (latin1(bytes, 0, LYRICS.length) === LYRICS) return LYRICS.length;
  if (latin1(bytes, 0, 8) !== 'APETAGEX' || bytes.length < APE_HEADER_BYTES) return 0;
  return APE_HEADER_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true);
}
