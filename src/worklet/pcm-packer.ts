import { toS16 } from '../audio/pcm.js';
import { checkSampleRate } from '../audio/rates.js';
import { ResampledStream } from '../audio/resampled-stream.js';
import type { Kernels } from '../kernels/kernels.js';
import { MonoBlocks } from './mono-blocks.js';
import { type PackedReport, type PackerOptions, REPORT_SECONDS, type Report } from './protocol.js';

/** Room for the inputs and for the outputs of one call of the resampler. */
const ROOM_SAMPLES = 512;

/**
 * Makes a stream of 16-bit PCM at one rate of what comes in at another, for a server. In its steady state it allocates
 * nothing but what posting a report takes.
 */
export class PcmPacker {
  readonly #input: MonoBlocks;
  readonly #convert: (samples: Float32Array) => void;
  readonly #drain: () => void;
  readonly #post: (report: Report) => void;
  readonly #report: PackedReport;
  #count = 0;

  /** @throws EarshotError EARSHOT_AUDIO_RATE */
  constructor(kernels: Kernels, inputRate: number, options: PackerOptions, post: (report: Report) => void) {
    checkSampleRate(inputRate);
    const { sampleRate, length } = options;
    this.#input = new MonoBlocks(length);
    this.#post = post;
    this.#report = { type: 'packed', samples: new Int16Array(Math.round(REPORT_SECONDS * sampleRate)), lostBlocks: 0 };
    if (inputRate === sampleRate) {
      this.#convert = (samples) => this.#pack(samples, 0, samples.length);
      this.#drain = () => {};
    } else {
      const stream = new ResampledStream(kernels, inputRate, sampleRate, ROOM_SAMPLES, (f32, at, count) =>
        this.#pack(f32, at, count),
      );
      this.#convert = (samples) => stream.write(samples);
      this.#drain = () => stream.drain();
    }
  }

  /** Takes one block; see `MonoBlocks`. @returns whether more is wanted */
  process(channels: readonly Float32Array[] | undefined, length: number, currentFrame: number): boolean {
    const block = this.#input.next(channels, length, currentFrame);
    if (block === undefined) return true;
    this.#convert(block);
    if (!this.#input.isOver) return true;
    this.#finish();
    return false;
  }

  #pack(samples: Float32Array, at: number, count: number): void {
    const packed = this.#report.samples;
    for (let i = at; i < at + count; i++) {
      packed[this.#count++] = toS16(samples[i]);
      if (this.#count < packed.length) continue;
      this.#report.lostBlocks = this.#input.lost;
      this.#post(this.#report);
      this.#count = 0;
    }
  }

  #finish(): void {
    this.#drain();
    const samples = this.#report.samples.slice(0, this.#count);
    this.#post({ ...this.#report, samples, lostBlocks: this.#input.lost });
    this.#post({ type: 'finished' });
  }
}
