import { Transform, type TransformCallback } from 'node:stream';
import { PcmDecoder, type PcmEncoding } from '../audio/pcm.js';
import type { ChannelOptions } from '../channel.js';
import { checkOptions } from '../errors.js';
import type { SpotterEvent } from '../events.js';
import type { Warn } from '../files/audio-stream.js';
import type { Model } from '../model.js';
import { PlanarSpotter } from './planar-spotter.js';
import { warnOfReplaced } from './spot-file.js';

/** What bytes go in and how they are to be heard. */
export interface SpotterTransformOptions extends ChannelOptions {
  /** `s16le` by default. */
  encoding?: PcmEncoding | undefined;
  /** Interleaved channels; 1 by default. */
  channels?: number | undefined;
  /** A spotter for each channel, and `channel` on each event, in place of one spotter for the channels' mean. */
  perChannel?: boolean | undefined;
  /** Whether to give events of frames, and not of detections only; true by default. */
  frames?: boolean | undefined;
  /** Called when something is wrong with the audio and the work goes on. */
  onWarning?: Warn | undefined;
  /** Events that may wait to be read, before writing has to wait too; Node's default (16) if not given. */
  readableHighWaterMark?: number | undefined;
  /** Bytes that may wait to be heard; Node's default (64 KiB, before Node 22 16 KiB) if not given. */
  writableHighWaterMark?: number | undefined;
}

const OPTIONS = [
  'sampleRate',
  'extractor',
  'decision',
  'encoding',
  'channels',
  'perChannel',
  'frames',
  'onWarning',
  'readableHighWaterMark',
  'writableHighWaterMark',
] satisfies (keyof SpotterTransformOptions)[];

/** Bytes that are heard at once: a few frames, so that few events are made before anybody asks for them. */
const PIECE_BYTES = 4096;

/**
 * A stream that takes PCM bytes, cut anywhere, and gives `SpotterEvent` objects: the same ones, however the bytes are
 * cut. While nobody reads the events, it takes no more bytes. Anything that goes wrong while streaming destroys it and
 * arrives as an `error` event.
 */
export class SpotterTransform extends Transform {
  readonly #spotter: PlanarSpotter;
  readonly #pcm: PcmDecoder;
  readonly #warn: Warn | undefined;
  /** Goes on with events that found no room, once there is some. */
  #resume: (() => void) | undefined;

  /** @throws EarshotError EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT for a wrong option */
  constructor(model: Model, options: SpotterTransformOptions = {}) {
    checkOptions('options', options, OPTIONS);
    const {
      encoding = 's16le',
      channels = 1,
      onWarning,
      readableHighWaterMark,
      writableHighWaterMark,
      ...heard
    } = options;
    super({ readableObjectMode: true, readableHighWaterMark, writableHighWaterMark });
    this.#pcm = new PcmDecoder(encoding, channels);
    this.#spotter = new PlanarSpotter(model, { ...heard, channels });
    this.#warn = onWarning;
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#emit(this.#hear(bytes), done);
  }

  override _flush(done: TransformCallback): void {
    this.#emit(this.#end(), done);
  }

  override _read(size: number): void {
    const resume = this.#resume;
    this.#resume = undefined;
    if (resume) resume();
    else super._read(size);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#spotter.dispose();
    done(error);
  }

  *#hear(bytes: Buffer): Generator<SpotterEvent> {
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      yield* this.#spotter.push(this.#pcm.write(bytes.subarray(from, from + PIECE_BYTES)));
    }
  }

  *#end(): Generator<SpotterEvent> {
    if (this.#pcm.end() > 0) {
      this.#warn?.({ code: 'EARSHOT_AUDIO_TRUNCATED', message: 'The audio ends in the middle of a sample' });
    }
    yield* this.#spotter.flush();
    warnOfReplaced(this.#spotter.replacedSamples, this.#warn);
  }

  /**
   * Hands out events until there is no room. What is left then waits for `_read`, which has to be answered by an event:
   * so there must be one left.
   * @param first if that was taken already
   */
  #emit(events: Iterator<SpotterEvent>, done: TransformCallback, first?: IteratorResult<SpotterEvent>): void {
    try {
      for (let next = first ?? events.next(); !next.done; ) {
        const hasRoom = this.push(next.value);
        if (this.destroyed) return;
        const following = events.next();
        if (!hasRoom && !following.done) {
          this.#resume = () => this.#emit(events, done, following);
          return;
        }
        next = following;
      }
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  }
}
