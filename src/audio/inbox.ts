import type { Kernels } from '../kernels/kernels.js';
import { type Samples, STEP_16 } from './pcm.js';

/** Puts `count` samples from index `from` on into the kernels' memory, as floats. Allocates a view unless it is all of them. */
export function putSamples(kernels: Kernels, samples: Samples, from: number, count: number, address: number): void {
  const all = count === samples.length;
  kernels.memory.f32.set(all ? samples : samples.subarray(from, from + count), address >> 2);
  if (samples instanceof Int16Array) kernels.scale(address, count, STEP_16);
}

/** A place in the kernels' memory for the samples that a caller hands in. */
export class Inbox {
  readonly address: number;
  readonly #kernels: Kernels;
  readonly #capacity: number;

  constructor(kernels: Kernels, capacitySamples: number) {
    this.#kernels = kernels;
    this.#capacity = capacitySamples;
    this.address = kernels.memory.allocate(this.#bytes);
  }

  /**
   * Takes samples from index `from` on, over those before. Allocates nothing where all of them fit in.
   * @returns how many fitted in
   */
  put(samples: Samples, from: number): number {
    const count = Math.min(this.#capacity, samples.length - from);
    putSamples(this.#kernels, samples, from, count, this.address);
    return count;
  }

  dispose(): void {
    this.#kernels.memory.free(this.address, this.#bytes);
  }

  get #bytes(): number {
    return this.#capacity * Float32Array.BYTES_PER_ELEMENT;
  }
}
