import { adtsFrameBytes, adtsSampleRate } from '../files/adts.js';
import { latin1 } from '../files/bytes.js';
import { id3Bytes } from '../files/id3.js';
import { mp4SampleRate } from '../files/mp4.js';
import { findMpegFrame, MPEG_SEARCH_BYTES, parseMpegHeader } from '../files/mpeg-frame.js';

/** Opus is always decoded at this rate (RFC 7845, 5.1). */
const OPUS_RATE = 48000;
/** The first packet of an Ogg stream follows a page header of 27 bytes and one byte for each of its segments. */
const OGG_SEARCH_BYTES = 512;

/** The sample rate that a file says it has; undefined where we cannot tell. */
export function sampleRateOf(file: Uint8Array): number | undefined {
  const bytes = file.subarray(id3Bytes(file));
  if (bytes.length < 16) return undefined;
  const start = latin1(bytes, 0, 12);
  if (start.startsWith('RIFF') || start.startsWith('RF64')) return wavRate(bytes);
  if (start.startsWith('fLaC')) return flacRate(bytes);
  if (start.startsWith('OggS')) return oggRate(bytes);
  if (start.slice(4, 8) === 'ftyp') return mp4SampleRate(bytes);
  if (adtsFrameBytes(bytes, 0) > 0) return adtsSampleRate(bytes);
  return mpegRate(bytes);
}

function wavRate(bytes: Uint8Array): number | undefined {
  const view = viewOf(bytes);
  for (let at = 12; at + 16 <= bytes.length; ) {
    if (latin1(bytes, at, 4) === 'fmt ') return view.getUint32(at + 12, true);
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size % 2);
  }
  return undefined;
}

/** 20 bits, ten bytes into STREAMINFO, which always comes first (RFC 9639, 8.2). */
function flacRate(bytes: Uint8Array): number | undefined {
  return bytes.length < 22 ? undefined : viewOf(bytes).getUint32(18) >>> 12;
}

function oggRate(bytes: Uint8Array): number | undefined {
  const text = latin1(bytes, 0, Math.min(OGG_SEARCH_BYTES, bytes.length));
  if (text.includes('OpusHead')) return OPUS_RATE;
  const vorbis = text.indexOf('\x01vorbis');
  return vorbis < 0 || vorbis + 16 > bytes.length ? undefined : viewOf(bytes).getUint32(vorbis + 12, true);
}

function mpegRate(bytes: Uint8Array): number | undefined {
  const isEnd = bytes.length <= MPEG_SEARCH_BYTES;
  const at = findMpegFrame(bytes.subarray(0, MPEG_SEARCH_BYTES), isEnd);
  return at < 0 ? undefined : parseMpegHeader(bytes, at)?.sampleRate;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
