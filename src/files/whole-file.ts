import { checkSampleRate } from '../audio/rates.js';
import { EarshotError } from '../errors.js';
import { type AudioStream, audioStream, type Warn } from './audio-stream.js';
import type { ByteReader } from './byte-reader.js';
import { concat } from './bytes.js';

/**
 * Decodes a whole file of AAC, MP4 or Matroska to planar samples. `sampleRate` is the file's own: the hosts'
 * `decodeAudioData` resamples to the rate of its context, so the context should have this one.
 */
export type DecodeWholeFile = (bytes: Uint8Array<ArrayBuffer>, sampleRate: number) => Promise<Float32Array[]>;

/** What is to be known of a file before a host decodes it. */
export interface WholeFormat {
  readonly format: 'aac' | 'm4a' | 'webm';
  rateOf(bytes: Uint8Array): number | undefined;
  /** Whether the bytes end before they should. */
  isCut(bytes: Uint8Array): boolean;
}

/** An hour of AAC at 128 kbit/s, which takes more than 1 GB once it is decoded. */
const MOST_BYTES = 1 << 26;

/**
 * Audio that only a host can decode, and only in one piece.
 * @throws EarshotError EARSHOT_AUDIO_UNSUPPORTED without a decoder, for more than 64 MiB and where `rateOf` finds no
 *   sample rate; EARSHOT_AUDIO_RATE; EARSHOT_AUDIO_DAMAGED; what the decoder throws
 */
export async function openWholeFile(
  reader: ByteReader,
  { format, rateOf, isCut }: WholeFormat,
  warn: Warn,
  decodeWholeFile: DecodeWholeFile | undefined,
): Promise<AudioStream> {
  if (decodeWholeFile === undefined) throw unsupported(`Reading ${format} needs a decoder for whole files`);
  const bytes = await readAll(reader);
  const sampleRate = rateOf(bytes);
  if (sampleRate === undefined) throw unsupported(`The ${format} file describes no track of sound that we know`);
  checkSampleRate(sampleRate);
  // Asked before a decoder takes the bytes away.
  const isTruncated = isCut(bytes);
  const planar = await decodeWholeFile(bytes, sampleRate).catch((cause) => {
    if (cause instanceof EarshotError) throw cause;
    throw new EarshotError('EARSHOT_AUDIO_DAMAGED', `The ${format} file cannot be decoded: ${cause.message}`, {
      cause,
    });
  });
  return audioStream({ format, sampleRate, channels: planar.length }, once(planar, isTruncated, warn), reader);
}

async function* once(planar: Float32Array[], isTruncated: boolean, warn: Warn): AsyncGenerator<Float32Array[]> {
  yield planar;
  if (isTruncated) warn({ code: 'EARSHOT_AUDIO_TRUNCATED', message: 'The audio ends before its promised end' });
}

async function readAll(reader: ByteReader): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for (let total = 0; ; ) {
    const piece = (await reader.peek(1)).slice();
    if (piece.length === 0) break;
    total += piece.length;
    if (total > MOST_BYTES) throw unsupported('Files that are read whole may have 64 MiB; make it a WAV file first');
    reader.advance(piece.length);
    pieces.push(piece);
  }
  reader.throwFault();
  return concat(pieces);
}

function unsupported(message: string): EarshotError {
  return new EarshotError('EARSHOT_AUDIO_UNSUPPORTED', message);
}
