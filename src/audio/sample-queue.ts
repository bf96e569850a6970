import type { Kernels } from '../kernels/kernels.js';
import { putSamples } from './inbox.js';
import type { Samples } from './pcm.js';

const BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Room doubles from here on: so there are few sizes of it, and what one queue gives back another can take. */
const LEAST_ROOM_SAMPLES = 256;

/**
 * Samples in the kernels' memory that one side fills in and the other takes out. It takes memory for the samples that
 * wait, not for as many as it may hold; once empty it begins at its start again, so that a queue in steady use stays in
 * the processor's cache.
 */
export class SampleQueue {
  readonly #kernels: Kernels;
  readonly #capacity: number;
  #address = 0;
  #size = 0;
  #first = 0;
  #length = 0;

  constructor(kernels: Kernels, capacitySamples: number) {
    this.#kernels = kernels;
    this.#capacity = capacitySamples;
  }

  get length(): number {
    return this.#length;
  }

  /** How many more it would take. */
  get room(): number {
    return this.#capacity - this.#length;
  }

  /** Copies as many of the samples as there is room for, and returns how many. Allocates when it has to grow. */
  push(samples: Samples): number {
    const count = Math.min(samples.length, this.room);
    if (this.#first + this.#length + count > this.#size) this.#makeSpace(this.#length + count);
    putSamples(this.#kernels, samples, 0, count, this.#at(this.#first + this.#length));
    this.#length += count;
    return count;
  }

  /** Offers all samples, oldest first, by address and number: `take` returns how many it took. */
  shift(take: (samples: number, count: number) => number): void {
    const taken = take(this.#at(this.#first), this.#length);
    this.#length -= taken;
    this.#first = this.#length === 0 ? 0 : this.#first + taken;
  }

  clear(): void {
    this.#first = 0;
    this.#length = 0;
  }

  /** Gives the memory back. */
  dispose(): void {
    this.clear();
    this.#giveBack();
    this.#size = 0;
  }

  /** Moves what waits to the start of room for at least `needed` samples. */
  #makeSpace(needed: number): void {
    const { memory } = this.#kernels;
    let size = Math.max(this.#size, LEAST_ROOM_SAMPLES);
    while (size < needed) size *= 2;
    const isLarger = size > this.#size;
    const address = isLarger ? memory.allocate(size * BYTES) : this.#address;
    memory.i8.copyWithin(address, this.#at(this.#first), this.#at(this.#first + this.#length));
    if (isLarger) this.#giveBack();
    this.#address = address;
    this.#size = size;
    this.#first = 0;
  }

  #giveBack(): void {
    if (this.#size > 0) this.#kernels.memory.free(this.#address, this.#size * BYTES);
  }

  #at(sample: number): number {
    return this.#address + sample * BYTES;
  }
}
