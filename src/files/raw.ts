import { PcmDecoder, type PcmEncoding } from '../audio/pcm.js';
import { EarshotError } from '../errors.js';
import { type AudioStream, audioStream, type Warn } from './audio-stream.js';
import type { ByteReader } from './byte-reader.js';

/** How to read bytes that say nothing about themselves. */
export interface RawAudio {
  readonly encoding: PcmEncoding;
  readonly sampleRate: number;
  readonly channels: number;
}

/**
 * Interleaved PCM without a header.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT, EARSHOT_AUDIO_EMPTY, EARSHOT_AUDIO_RATE
 */
export async function openRaw(reader: ByteReader, raw: RawAudio, warn: Warn): Promise<AudioStream> {
  const { encoding, sampleRate, channels } = raw;
  const pcm = new PcmDecoder(encoding, channels);
  if ((await reader.peek(1)).length === 0) throw new EarshotError('EARSHOT_AUDIO_EMPTY', 'There are no bytes of audio');
  return audioStream({ format: 'raw', sampleRate, channels }, pcmChunks(reader, pcm, Infinity, warn), reader);
}

/** Decodes up to `dataBytes` bytes, and says so if the input ends before them or inside a sample. */
export async function* pcmChunks(
  reader: ByteReader,
  pcm: PcmDecoder,
  dataBytes: number,
  warn: Warn,
): AsyncGenerator<Float32Array[]> {
  let left = dataBytes;
  while (left > 0) {
    const bytes = (await reader.peek(pcm.frameBytes)).subarray(0, left);
    if (bytes.length === 0) break;
    const planar = pcm.writeShared(bytes);
    reader.advance(bytes.length);
    left -= bytes.length;
    yield planar;
  }
  const message = shortfall(left, pcm.end());
  if (message !== undefined) warn({ code: 'EARSHOT_AUDIO_TRUNCATED', message });
}

function shortfall(missingBytes: number, strayBytes: number): string | undefined {
  if (missingBytes > 0 && missingBytes < Infinity)
    return `The audio ends ${missingBytes} bytes before its promised end`;
  return strayBytes > 0 ? 'The audio ends in the middle of a sample' : undefined;
}
