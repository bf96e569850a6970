import { EarshotError } from '../errors.js';
import { adtsFrameBytes } from './adts.js';
import type { ByteReader } from './byte-reader.js';
import { latin1 } from './bytes.js';
import { skipId3 } from './id3.js';
import { findMpegFrame, MPEG_SEARCH_BYTES } from './mpeg-frame.js';

/** Which reader of ours is the one for some bytes. */
export type Container = 'wav' | 'flac' | 'ogg' | 'mp3' | 'aac' | 'm4a' | 'webm';

const MAGIC_BYTES = 12;

/** Pairs of a place and the text that stands there. */
const MAGIC: readonly [Container, ...(readonly [number, string])[]][] = [
  ['wav', [0, 'RIFF'], [8, 'WAVE']],
  ['wav', [0, 'RF64'], [8, 'WAVE']],
  ['wav', [0, 'BW64'], [8, 'WAVE']],
  ['flac', [0, 'fLaC']],
  ['ogg', [0, 'OggS']],
  ['webm', [0, '\x1a\x45\xdf\xa3']],
  ['m4a', [4, 'ftyp']],
];

const KNOWN_BY_NAME_ONLY: readonly [string, ...(readonly [number, string])[]][] = [
  ['AIFF', [0, 'FORM'], [8, 'AIF']],
  ['Core Audio Format', [0, 'caff']],
  ['Sun audio', [0, '.snd']],
  ['big-endian WAV (RIFX)', [0, 'RIFX']],
  ['Wave64', [0, 'riff\x2e\x91']],
  ['AVI', [0, 'RIFF'], [8, 'AVI ']],
  ['Windows Media', [0, '\x30\x26\xb2\x75']],
  ['AMR', [0, '#!AMR']],
  ['WavPack', [0, 'wvpk']],
];

/**
 * Tells by the bytes, never by a name, what they hold, and skips the ID3 tags before it.
 * @throws EarshotError EARSHOT_AUDIO_EMPTY for no bytes at all, EARSHOT_AUDIO_UNSUPPORTED for audio that we know but do
 *   not read, EARSHOT_AUDIO_UNKNOWN for everything else
 */
export async function sniff(reader: ByteReader): Promise<Container> {
  await skipId3(reader);
  const start = await reader.peek(MAGIC_BYTES);
  if (start.length === 0) throw new EarshotError('EARSHOT_AUDIO_EMPTY', 'There are no bytes of audio');
  const [container] = MAGIC.find(([, ...magic]) => matches(start, magic)) ?? [];
  if (container !== undefined) return container;
  const [name] = KNOWN_BY_NAME_ONLY.find(([, ...magic]) => matches(start, magic)) ?? [];
  if (name !== undefined) throw new EarshotError('EARSHOT_AUDIO_UNSUPPORTED', `Earshot does not read ${name}`);

  const bytes = await reader.peek(MPEG_SEARCH_BYTES);
  const isEnd = bytes.length < MPEG_SEARCH_BYTES;
  if (isAdts(bytes)) return 'aac';
  if (findMpegFrame(bytes, isEnd) >= 0) return 'mp3';
  throw new EarshotError('EARSHOT_AUDIO_UNKNOWN', `Not audio that Earshot knows: it begins with ${show(bytes)}`);
}

function matches(bytes: Uint8Array, magic: readonly (readonly [number, string])[]): boolean {
  return magic.every(([at, text]) => latin1(bytes, at, text.length) === text);
}

/** Two frames of AAC that follow each other, or one that is all there is. */
function isAdts(bytes: Uint8Array): boolean {
  const length = adtsFrameBytes(bytes, 0);
  return length > 0 && (length === bytes.length || adtsFrameBytes(bytes, length) > 0);
}

function show(bytes: Uint8Array): string {
  const start = bytes.subarray(0, MAGIC_BYTES);
  const isText = start.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isText ? JSON.stringify(latin1(start, 0, MAGIC_BYTES)) : Array.from(start, hex).join(' ');
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0');
