import { EarshotError } from '../errors.js';
import { type AudioStream, audioStream, damageReport, type Warn } from './audio-stream.js';
import type { ByteReader } from './byte-reader.js';
import { isLastCut, latin1 } from './bytes.js';
import { ELEMENT, ELEMENT_HEAD_BYTES, isTopLevel, parseElementHead, parseNumber } from './ebml.js';
import { identify, type OggCodec } from './ogg-codec.js';

/** A track of sound, as its description says. */
export interface WebmTrack {
  number: number;
  codecId: string;
  codecPrivate: Uint8Array;
  sampleRate: number;
}

/** How far into a file its tracks are looked for. */
const MOST_HEADER_BYTES = 1 << 20;
/** No packet of audio is longer. */
const MOST_BLOCK_BYTES = 1 << 20;
/** Of a block before its packet: time and flags. */
const BLOCK_TIME_BYTES = 2;
const LACING = 0x06;

/** The first track of sound, without passing over anything; undefined if there is none. */
export async function peekWebmTrack(reader: ByteReader): Promise<WebmTrack | undefined> {
  for (let wanted = 1024; ; wanted *= 2) {
    const bytes = await reader.peek(wanted);
    const tracks = readTracks(bytes);
    if (tracks !== undefined) return tracks.find(({ codecId }) => codecId.startsWith('A_'));
    if (bytes.length < wanted || wanted > MOST_HEADER_BYTES) return undefined;
  }
}

/** All that is described before something else begins; undefined if that is not among `bytes`. */
function readTracks(bytes: Uint8Array): WebmTrack[] | undefined {
  const tracks: WebmTrack[] = [];
  for (let at = 0; ; ) {
    const head = parseElementHead(bytes, at);
    if (head === undefined) return undefined;
    const isDescribed = tracks.length > 0 && isTopLevel(head.id);
    if (isDescribed || head.id === ELEMENT.cluster) return tracks;
    if (head.id === ELEMENT.trackEntry) {
      tracks.push({ number: 0, codecId: '', codecPrivate: new Uint8Array(0), sampleRate: 8000 });
    }
    const body = bytes.slice(at + head.bytes, at + head.bytes + head.size);
    const track = tracks.at(-1);
    if (track !== undefined) describe(track, head.id, body);
    at += head.bytes + head.size;
  }
}

/** Longer than any; what is damaged may claim to be as long as the file. */
const LONGEST_CODEC_ID = 64;

function describe(track: WebmTrack, id: number, body: Uint8Array): void {
  if (id === ELEMENT.trackNumber) track.number = body.reduce((number, byte) => number * 256 + byte, 0);
  else if (id === ELEMENT.codecId) track.codecId = latin1(body, 0, Math.min(body.length, LONGEST_CODEC_ID));
  else if (id === ELEMENT.codecPrivate) track.codecPrivate = body;
  else if (id === ELEMENT.samplingFrequency) {
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    if (body.length === 4) track.sampleRate = view.getFloat32(0);
    if (body.length === 8) track.sampleRate = view.getFloat64(0);
  }
}

/** Whether the last of the elements that follow each other is cut off. */
export function isWebmCut(bytes: Uint8Array): boolean {
  const lengthAt = (at: number) => {
    const head = parseElementHead(bytes, at);
    return head === undefined ? 0 : head.bytes + head.size;
  };
  return isLastCut(bytes, lengthAt, ELEMENT_HEAD_BYTES);
}

/**
 * A track of Opus in a WebM file (as `MediaRecorder` writes it), packet by packet in constant memory.
 * @throws EarshotError EARSHOT_AUDIO_DAMAGED; while reading also EARSHOT_AUDIO_UNSUPPORTED for packets laced together
 */
export function openWebmOpus(reader: ByteReader, track: WebmTrack, warn: Warn): AudioStream {
  const codec = identify(track.codecPrivate);
  if (codec?.format !== 'ogg-opus') {
    throw new EarshotError('EARSHOT_AUDIO_DAMAGED', 'The WebM file does not describe its Opus track');
  }
  const { sampleRate, channels } = codec;
  return audioStream({ format: 'webm', sampleRate, channels }, decode(reader, track, codec, warn), reader);
}

async function* decode(
  reader: ByteReader,
  track: WebmTrack,
  codec: OggCodec,
  warn: Warn,
): AsyncGenerator<Float32Array[]> {
  const damage = damageReport(warn);
  const decoder = await codec.open([]);
  try {
    for await (const packet of packets(reader, track, warn)) {
      const { blocks, fault } = await decoder.decode([packet], { granule: 0n, isLast: false });
      if (fault !== undefined) damage(`A packet of the WebM file cannot be decoded (${fault})`);
      yield* blocks;
    }
  } finally {
    decoder.free();
  }
}

async function* packets(reader: ByteReader, track: WebmTrack, warn: Warn): AsyncGenerator<Uint8Array> {
  for (;;) {
    const start = await reader.peek(ELEMENT_HEAD_BYTES);
    if (start.length === 0) return;
    const head = parseElementHead(start, 0);
    if (head === undefined) break;
    reader.advance(head.bytes);
    const isBlock = head.id === ELEMENT.simpleBlock || head.id === ELEMENT.block;
    if (isBlock && head.size <= MOST_BLOCK_BYTES) {
      const block = await reader.take(head.size);
      if (block === undefined) break;
      const packet = packetOf(block, track.number);
      if (packet !== undefined) yield packet;
    } else if (!(await reader.skip(head.size))) break;
  }
  warn({ code: 'EARSHOT_AUDIO_TRUNCATED', message: 'The audio ends in the middle of an element' });
}

function packetOf(block: Uint8Array, trackNumber: number): Uint8Array | undefined {
  const number = parseNumber(block, 0);
  if (number?.value !== trackNumber) return undefined;
  const flagsAt = number.bytes + BLOCK_TIME_BYTES;
  if ((block[flagsAt] & LACING) !== 0) {
    throw new EarshotError('EARSHOT_AUDIO_UNSUPPORTED', 'The WebM file laces packets together');
  }
  return block.subarray(flagsAt + 1);
}
