import { EarshotError } from '../errors.js';
import { type AudioStream, audioStream, changedAudio, damageReport, type Warn } from './audio-stream.js';
import type { ByteReader } from './byte-reader.js';
import {
  findMpegFrame,
  MPEG_HEADER_BYTES,
  MPEG_SEARCH_BYTES,
  type MpegHeader,
  parseMpegHeader,
  searchedBytes,
} from './mpeg-frame.js';
import { skipTags } from './mpeg-tags.js';

/**
 * MPEG audio, layers I to III, frame by frame through mpg123, without the encoder's delay and padding where the file
 * states them (LAME's "Info" frame). Damaged places are left out with a warning.
 * @throws EarshotError EARSHOT_AUDIO_DAMAGED, EARSHOT_AUDIO_RATE; while reading, EARSHOT_AUDIO_UNSUPPORTED where sample
 *   rate or channels change
 */
export async function openMp3(reader: ByteReader, warn: Warn): Promise<AudioStream> {
  const bytes = await reader.peek(MPEG_SEARCH_BYTES);
  reader.advance(Math.max(0, findMpegFrame(bytes, bytes.length < MPEG_SEARCH_BYTES)));
  const first = parseMpegHeader(await reader.peek(MPEG_HEADER_BYTES), 0);
  if (first === undefined) throw new EarshotError('EARSHOT_AUDIO_DAMAGED', 'Not MPEG audio: it has no whole frame');
  const { sampleRate, channels } = first;
  return audioStream({ format: 'mp3', sampleRate, channels }, decode(reader, first, warn), reader);
}

async function* decode(reader: ByteReader, first: MpegHeader, warn: Warn): AsyncGenerator<Float32Array[]> {
  const { MPEGDecoder } = await import('mpg123-decoder');
  const decoder = new MPEGDecoder();
  await decoder.ready;
  const damage = damageReport(warn);
  try {
    for await (const frame of frames(reader, first, warn, damage)) {
      const { channelData, errors } = decoder.decode(frame);
      if (errors.length > 0) damage(`A frame of MPEG audio cannot be decoded (${errors[0].message})`);
      // mpg123 is built to give two channels always; of mono both are the same.
      yield channelData.slice(0, first.channels);
    }
  } finally {
    decoder.free();
  }
}

/** The whole frames of the kind of `first`. A view is good until the next one is asked for. */
async function* frames(
  reader: ByteReader,
  first: MpegHeader,
  warn: Warn,
  damage: (what: string) => void,
): AsyncGenerator<Uint8Array> {
  for (;;) {
    const header = parseMpegHeader(await reader.peek(MPEG_HEADER_BYTES), 0);
    if (header?.kind === first.kind) {
      const frame = (await reader.peek(header.frameBytes)).subarray(0, header.frameBytes);
      if (frame.length < header.frameBytes) {
        warn({ code: 'EARSHOT_AUDIO_TRUNCATED', message: 'The audio ends in the middle of a frame' });
        return;
      }
      yield frame;
      reader.advance(frame.length);
    } else if (!(await findNext(reader, first, damage))) return;
  }
}

/** Goes on to the next frame of the kind of `first`; false if none comes. */
async function findNext(reader: ByteReader, first: MpegHeader, damage: (what: string) => void): Promise<boolean> {
  // Nothing is damaged there. In joined files there is audio after the end of the first.
  const isTagged = await skipTags(reader);
  for (;;) {
    const bytes = await reader.peek(MPEG_SEARCH_BYTES);
    if (bytes.length === 0) return false;
    const isEnd = bytes.length < MPEG_SEARCH_BYTES;
    const at = findMpegFrame(bytes, isEnd);
    if (at !== 0 && !isTagged) damage('There is something else between two frames of MPEG audio');
    reader.advance(at < 0 ? searchedBytes(bytes, isEnd) : at);
    if (at < 0) continue;
    const found = parseMpegHeader(bytes, at) as MpegHeader;
    if (found.kind === first.kind) return true;
    throw changedAudio(first, found);
  }
}
