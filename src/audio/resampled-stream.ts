import type { Kernels } from '../kernels/kernels.js';
import { SlotLayout } from '../kernels/slot.js';
import { Inbox } from './inbox.js';
import { Resampler, ResamplerFilter } from './resampler.js';

/** Is handed `count` samples from index `at` of the kernels' memory, which soon holds others. */
type TakeSamples = (f32: Float32Array, at: number, count: number) => void;

/** One stream through a resampler of its own. Allocates nothing after the beginning. */
export class ResampledStream {
  readonly #kernels: Kernels;
  readonly #filter: ResamplerFilter;
  readonly #resampler: Resampler;
  readonly #slot: number;
  readonly #inbox: Inbox;
  readonly #out: number;
  readonly #roomSamples: number;
  readonly #take: TakeSamples;
  #received = 0;
  #given = 0;

  /** @param roomSamples for the inputs and for the outputs of one call of the resampler */
  constructor(kernels: Kernels, inputRate: number, outputRate: number, roomSamples: number, take: TakeSamples) {
    const layout = new SlotLayout();
    this.#kernels = kernels;
    this.#filter = new ResamplerFilter(kernels, inputRate, outputRate);
    this.#resampler = new Resampler(kernels, layout, this.#filter);
    this.#slot = kernels.memory.allocate(layout.bytes);
    this.#inbox = new Inbox(kernels, roomSamples);
    this.#out = kernels.memory.allocate(roomSamples * Float32Array.BYTES_PER_ELEMENT);
    this.#roomSamples = roomSamples;
    this.#take = take;
  }

  /** Hands on the samples that these complete. */
  write(samples: Float32Array): void {
    this.#received += samples.length;
    for (let from = 0; from < samples.length; ) {
      const count = this.#inbox.put(samples, from);
      this.#convert(count);
      from += count;
    }
  }

  /** Hands on what the filter still holds. */
  drain(): void {
    const total = this.#filter.outputsFor(this.#received);
    while (this.#given < total) {
      this.#resampler.drain(this.#slot, this.#out, Math.min(this.#roomSamples, total - this.#given));
      this.#give();
    }
  }

  #convert(count: number): void {
    for (let at = 0; at < count; ) {
      const address = this.#inbox.address + at * Float32Array.BYTES_PER_ELEMENT;
      at += this.#resampler.write(this.#slot, address, count - at, this.#out, this.#roomSamples);
      this.#give();
    }
  }

  #give(): void {
    const { written } = this.#resampler;
    this.#given += written;
    this.#take(this.#kernels.memory.f32, this.#out >> 2, written);
  }
}
