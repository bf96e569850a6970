import { unexpected } from '../errors.js';
import { adtsSampleRate, isAdtsCut } from './adts.js';
import type { AudioStream, Warn } from './audio-stream.js';
import { ByteReader } from './byte-reader.js';
import { openFlac } from './flac.js';
import { openMp3 } from './mp3.js';
import { isMp4Cut, mp4SampleRate } from './mp4.js';
import { openOgg } from './ogg.js';
import { openRaw, type RawAudio } from './raw.js';
import { sniff } from './sniff.js';
import { openWav } from './wav.js';
import { isWebmCut, openWebmOpus, peekWebmTrack } from './webm.js';
import { type DecodeWholeFile, openWholeFile, type WholeFormat } from './whole-file.js';

export interface OpenStreamOptions {
  /** Takes the bytes as PCM without a header, instead of looking at them for a format. */
  readonly raw?: RawAudio | undefined;
  /** Hears of damage that the reader gets over. */
  readonly onWarning?: Warn | undefined;
  /** Decodes what cannot be read as a stream; such files are refused without it. */
  readonly decodeWholeFile?: DecodeWholeFile | undefined;
}

/**
 * Opens audio of any format that we read, told by its bytes; they may come in chunks of any sizes. WAV, FLAC, MP3, Ogg
 * and WebM with Opus are decoded while they come, in constant memory; other formats are read whole first.
 * @throws EarshotError EARSHOT_AUDIO_EMPTY, EARSHOT_AUDIO_UNKNOWN, EARSHOT_AUDIO_UNSUPPORTED, EARSHOT_AUDIO_DAMAGED,
 *   EARSHOT_AUDIO_RATE, EARSHOT_AUDIO_BACKEND, EARSHOT_BAD_ARGUMENT, from here or while the stream is read; what the
 *   source of the bytes throws
 */
export async function openAudioStream(
  bytes: AsyncIterable<Uint8Array>,
  options: OpenStreamOptions = {},
): Promise<AudioStream> {
  if (typeof bytes?.[Symbol.asyncIterator] !== 'function') {
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'source', 'an async iterable of bytes, such as a stream', bytes);
  }
  const reader = new ByteReader(bytes);
  try {
    return await open(reader, options);
  } catch (error) {
    await reader.close();
    reader.throwFault();
    throw error;
  }
}

async function open(reader: ByteReader, { raw, onWarning, decodeWholeFile }: OpenStreamOptions): Promise<AudioStream> {
  const warn: Warn = (warning) => onWarning?.(warning);
  if (raw !== undefined) return openRaw(reader, raw, warn);
  const openWhole = (format: WholeFormat) => openWholeFile(reader, format, warn, decodeWholeFile);
  const container = await sniff(reader);
  switch (container) {
    case 'wav':
      return openWav(reader, warn);
    case 'flac':
      return openFlac(reader, warn);
    case 'mp3':
      return openMp3(reader, warn);
    case 'ogg':
      return openOgg(reader, warn);
    case 'webm': {
      const track = await peekWebmTrack(reader);
      if (track?.codecId === 'A_OPUS') return openWebmOpus(reader, track, warn);
      return openWhole({ format: container, rateOf: () => track?.sampleRate, isCut: isWebmCut });
    }
    case 'm4a':
      return openWhole({ format: container, rateOf: mp4SampleRate, isCut: isMp4Cut });
    case 'aac':
      return openWhole({ format: container, rateOf: adtsSampleRate, isCut: isAdtsCut });
  }
}
