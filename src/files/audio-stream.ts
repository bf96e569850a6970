import { checkSampleRate } from '../audio/rates.js';
import { EarshotError, type ErrorCode } from '../errors.js';
import type { ByteReader } from './byte-reader.js';

/** What a file or a stream of bytes turned out to hold. */
export type AudioFormat =
  | 'raw'
  | 'wav'
  | 'flac'
  | 'mp3'
  | 'ogg-vorbis'
  | 'ogg-opus'
  | 'ogg-flac'
  | 'webm'
  | 'aac'
  | 'm4a';

export interface AudioFacts {
  readonly format: AudioFormat;
  /** 8,000 to 192,000 Hz. */
  readonly sampleRate: number;
  readonly channels: number;
}

/**
 * Decoded audio, to be read once with `for await`: planar chunks, one array a channel, all of one length, never empty
 * and at most a second long. A chunk is good until the next is asked for: copy what is to be kept. Reading throws only after everything decodable before the
 * fault has been handed out.
 */
export interface AudioStream extends AudioFacts, AsyncIterable<Float32Array[]> {
  /** Frees the decoder and the source. Needed only for a stream that is never read: the end of reading does the same. */
  close(): Promise<void>;
}

/** Something is wrong with the audio, and the work goes on. */
export interface AudioWarning {
  readonly code: ErrorCode;
  readonly message: string;
}

export type Warn = (warning: AudioWarning) => void;

/**
 * Decoded chunks of any size as a stream that keeps the promises above.
 * @throws EarshotError EARSHOT_AUDIO_RATE; while reading, EARSHOT_AUDIO_EMPTY and what the source threw
 */
export function audioStream(
  facts: AudioFacts,
  decoded: AsyncIterable<Float32Array[]>,
  source: ByteReader,
): AudioStream {
  checkSampleRate(facts.sampleRate);
  const chunks = boundedChunks(decoded, facts.sampleRate, source);
  return {
    ...facts,
    [Symbol.asyncIterator]: () => chunks,
    async close() {
      await chunks.return(undefined);
      await source.close();
    },
  };
}

async function* boundedChunks(
  decoded: AsyncIterable<Float32Array[]>,
  mostSamples: number,
  source: ByteReader,
): AsyncGenerator<Float32Array[], void> {
  let empty = true;
  try {
    for await (const planar of decoded) {
      for (let from = 0; from < planar[0].length; from += mostSamples) {
        empty = false;
        yield planar.map((channel) => channel.subarray(from, from + mostSamples));
      }
    }
  } finally {
    await source.close();
  }
  source.throwFault();
  if (empty) throw new EarshotError('EARSHOT_AUDIO_EMPTY', 'The audio has no samples');
}

type Layout = Pick<AudioFacts, 'sampleRate' | 'channels'>;

/** The error for audio whose rate or channels are not those that it began with. */
export function changedAudio(first: Layout, next: Layout): EarshotError {
  const describe = ({ sampleRate, channels }: Layout) => `${sampleRate} Hz and ${channels} channels`;
  return new EarshotError(
    'EARSHOT_AUDIO_UNSUPPORTED',
    `The audio changes from ${describe(first)} to ${describe(next)}, which one stream cannot`,
  );
}

/** Tells of the first damage only: a bad file has thousands. */
export function damageReport(warn: Warn): (what: string) => void {
  let told = false;
  return (what) => {
    if (!told) warn({ code: 'EARSHOT_AUDIO_DAMAGED', message: `${what}; the rest is decoded` });
    told = true;
  };
}
