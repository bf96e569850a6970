import { EarshotError } from '../errors.js';
import { type AudioStream, audioStream, damageReport, type Warn } from './audio-stream.js';
import type { ByteReader } from './byte-reader.js';
import {
  decodeFlacFrame,
  FLAC_HEADER_BYTES,
  type FlacFrame,
  type FlacHeader,
  type FlacInfo,
  FlacRoom,
  longestFrameBytes,
  parseFlacHeader,
  parseStreamInfo,
  STREAM_INFO_BYTES,
} from './flac-frame.js';

const STREAM_INFO = 0;

/**
 * A FLAC file (RFC 9639) of any length in constant memory, exact at every width. We decode it ourselves because the
 * WebAssembly builds of libFLAC divide 16-bit samples by 32767, scale 12 and 20 bits by chance, and pass over damaged
 * frames in silence. A frame whose body is damaged becomes as much silence, so that what follows keeps its time.
 * @throws EarshotError EARSHOT_AUDIO_DAMAGED, EARSHOT_AUDIO_RATE
 */
export async function openFlac(reader: ByteReader, warn: Warn): Promise<AudioStream> {
  const info = await readMetadata(reader);
  const { sampleRate, channels } = info;
  return audioStream({ format: 'flac', sampleRate, channels }, frames(reader, info, warn), reader);
}

async function readMetadata(reader: ByteReader): Promise<FlacInfo> {
  reader.advance('fLaC'.length);
  let info: FlacInfo | undefined;
  for (let isLast = false; !isLast; ) {
    const [kind, a, b, c] = (await reader.take(4)) ?? throwCut();
    const size = (a << 16) | (b << 8) | c;
    isLast = kind >= 0x80;
    if ((kind & 0x7f) === STREAM_INFO && size === STREAM_INFO_BYTES) {
      info = parseStreamInfo((await reader.take(size)) ?? throwCut());
    } else if (!(await reader.skip(size))) throwCut();
  }
  if (info === undefined) throw damaged('it has no STREAMINFO');
  return info;
}

function throwCut(): never {
  throw damaged('it ends inside its metadata');
}

async function* frames(reader: ByteReader, info: FlacInfo, warn: Warn): AsyncGenerator<Float32Array[]> {
  const damage = damageReport(warn);
  const room = new FlacRoom();
  let samples = 0;
  let isCut = false;
  for (;;) {
    const bytes = await reader.peek(FLAC_HEADER_BYTES);
    if (bytes.length === 0) break;
    const header = parseFlacHeader(bytes, info);
    const isComplete = info.totalSamples > 0 && samples >= info.totalSamples;
    const isCutHeader = bytes.length < FLAC_HEADER_BYTES && !isComplete;
    const frame = header ? await readFrame(reader, header, info, room) : isCutHeader ? 'cut' : 'damaged';
    isCut = frame === 'cut';
    let planar: Float32Array[] = [];
    if (typeof frame === 'object') {
      reader.advance(frame.bytes);
      planar = frame.planar;
    } else {
      const goesOn = await skipToHeader(reader, info);
      if (!goesOn && (isCut || isComplete)) break;
      damage(`A FLAC frame is damaged at ${(samples / info.sampleRate).toFixed(2)} s`);
      if (header !== undefined) planar = silence(info.channels, header.blockSamples);
    }
    if (planar.length === 0) continue;
    samples += planar[0].length;
    yield planar;
  }
  if (isCut || samples < info.totalSamples) {
    warn({
      code: 'EARSHOT_AUDIO_TRUNCATED',
      message: `The audio ends after ${samples} samples, before its promised end`,
    });
  }
}

const silence = (channels: number, samples: number) =>
  Array.from({ length: channels }, () => new Float32Array(samples));

/** Decodes the frame at the reader's place, looking no further ahead than it must. */
async function readFrame(
  reader: ByteReader,
  header: FlacHeader,
  info: FlacInfo,
  room: FlacRoom,
): Promise<FlacFrame | 'damaged' | 'cut'> {
  const most = longestFrameBytes(header, info);
  for (let wanted = header.bytes + info.channels; ; ) {
    const bytes = await reader.peek(wanted);
    const frame = decodeFlacFrame(bytes.subarray(0, most), header, info, room);
    if (frame !== 'short') return frame;
    if (bytes.length < wanted) return 'cut';
    if (bytes.length >= most) return 'damaged';
    wanted = Math.min(most, Math.ceil(bytes.length * 1.25));
  }
}

/** Goes on to the next frame of this stream; false if none comes. */
async function skipToHeader(reader: ByteReader, info: FlacInfo): Promise<boolean> {
  reader.advance(1);
  for (;;) {
    const bytes = await reader.peek(FLAC_HEADER_BYTES);
    const last = bytes.length < FLAC_HEADER_BYTES ? bytes.length : bytes.length - FLAC_HEADER_BYTES + 1;
    for (let at = 0; at < last; at++) {
      if (parseFlacHeader(bytes.subarray(at, at + FLAC_HEADER_BYTES), info) !== undefined) {
        reader.advance(at);
        return true;
      }
    }
    if (last === 0) return false;
    reader.advance(last);
  }
}

function damaged(what: string): EarshotError {
  return new EarshotError('EARSHOT_AUDIO_DAMAGED', `Not a whole FLAC file: ${what}`);
}
