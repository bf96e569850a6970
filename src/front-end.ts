import { Framer } from './audio/framer.js';
import { Resampler, type ResamplerFilter } from './audio/resampler.js';
import type { ModelConfig } from './config.js';
import type { Extractor } from './features/extractor.js';
import type { Kernels } from './kernels/kernels.js';
import type { SlotLayout } from './kernels/slot.js';

/**
 * From samples to MFCC frames: resample, cut into frames, extract. What a stream remembers lies in its slot. Nothing
 * here allocates after construction.
 */
export class FrontEnd {
  readonly #kernels: Kernels;
  readonly #extractor: Extractor;
  readonly #filter: ResamplerFilter | undefined;
  readonly #resampler: Resampler | undefined;
  readonly #framer: Framer;
  readonly #features: number;
  readonly #received: number;
  readonly #replaced: number;

  /**
   * @param features byte offset in a slot for the MFCCs
   * @param filter constants of the conversion to the model's rate; none where the input has that rate
   */
  constructor(
    kernels: Kernels,
    layout: SlotLayout,
    config: ModelConfig,
    extractor: Extractor,
    features: number,
    filter: ResamplerFilter | undefined,
  ) {
    this.#kernels = kernels;
    this.#extractor = extractor;
    this.#features = features;
    this.#filter = filter;
    this.#resampler = filter && new Resampler(kernels, layout, filter);
    this.#framer = new Framer(kernels.memory, layout, config.frameSamples, config.hopSamples);
    this.#received = layout.float64(1);
    this.#replaced = layout.float64(1);
  }

  /**
   * Takes of the `count` samples at the address `samples`, until a frame is full or they are used up.
   * @returns how many it took; `take` says whether a frame is full
   */
  write(slot: number, samples: number, count: number): number {
    const taken = this.#resampler
      ? this.#resample(this.#resampler, slot, samples, count)
      : this.#copy(slot, samples, count);
    this.#kernels.memory.f64[(slot + this.#received) >> 3] += taken;
    return taken;
  }

  /** If a frame is full: leaves its MFCCs in the slot, goes on by one hop and says true. */
  take(slot: number): boolean {
    const framer = this.#framer;
    if (framer.room(slot) > 0) return false;
    this.#extractor.extract(framer.frame(slot), slot + this.#features);
    framer.advance(slot);
    return true;
  }

  /**
   * Ends the stream step by step: what the resampler still holds, then silence up to the last frame.
   * @returns whether there may be another frame; to be called, with `take` after each, until it says false
   */
  drain(slot: number): boolean {
    const framer = this.#framer;
    const received = this.received(slot);
    const total = this.#filter ? this.#filter.outputsFor(received) : received;
    const missing = total - framer.samples(slot);
    if (missing > 0) this.#drainResampler(slot, Math.min(missing, framer.room(slot)));
    else if (framer.frames(slot) < framer.framesWhenPadded(total)) framer.pad(slot);
    else return false;
    return true;
  }

  /** Samples of input so far. */
  received(slot: number): number {
    return this.#kernels.memory.f64[(slot + this.#received) >> 3];
  }

  /** Samples of input so far that were replaced by 0, because they were NaN, infinite or beyond ±1e9. */
  replaced(slot: number): number {
    return this.#kernels.memory.f64[(slot + this.#replaced) >> 3];
  }

  /** Frames so far. */
  frames(slot: number): number {
    return this.#framer.frames(slot);
  }

  #copy(slot: number, samples: number, count: number): number {
    const framer = this.#framer;
    const taken = Math.min(framer.room(slot), count);
    const replaced = this.#kernels.copySamples(samples, taken, framer.end(slot));
    this.#kernels.memory.f64[(slot + this.#replaced) >> 3] += replaced;
    framer.added(slot, taken);
    return taken;
  }

  #resample(resampler: Resampler, slot: number, samples: number, count: number): number {
    const framer = this.#framer;
    const taken = resampler.write(slot, samples, count, framer.end(slot), framer.room(slot));
    framer.added(slot, resampler.written);
    this.#kernels.memory.f64[(slot + this.#replaced) >> 3] += resampler.replaced;
    return taken;
  }

  #drainResampler(slot: number, outputs: number): void {
    const resampler = this.#resampler;
    if (!resampler) return;
    resampler.drain(slot, this.#framer.end(slot), outputs);
    this.#framer.added(slot, resampler.written);
  }
}
