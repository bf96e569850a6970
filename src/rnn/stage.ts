import type { Kernels } from '../kernels/kernels.js';

/** Streams that are stepped in one pass: enough for the kernels to share weights, few enough to stay in the cache. */
export const BATCH = 32;

/**
 * A step of the network for a batch of streams. Each stream is the address of its slot; a stage reads its input from
 * the slot and leaves its output there.
 */
export interface Stage {
  /** Where in a slot the output stands (byte offset), and how many floats it has. */
  readonly output: number;
  readonly outputSize: number;
  /**
   * @param slots addresses of n streams, n ≤ BATCH
   * @returns how many of them go on to the next stage; they are moved to the front of `slots`
   */
  step(slots: Int32Array, n: number): number;
}

/** A list of addresses in the kernels' memory, refilled for each call. */
export class AddressList {
  readonly address: number;
  readonly #kernels: Kernels;

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
    this.address = kernels.memory.allocate(BATCH * Int32Array.BYTES_PER_ELEMENT);
  }

  /** Points to the field at `offset` of each slot; returns the list's address. */
  pointTo(slots: Int32Array, n: number, offset: number): number {
    const { i32 } = this.#kernels.memory;
    const first = this.address >> 2;
    for (let s = 0; s < n; s++) i32[first + s] = slots[s] + offset;
    return this.address;
  }
}
