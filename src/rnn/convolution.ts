import type { Kernels, Linear, LinearWeights } from '../kernels/kernels.js';
import type { SlotLayout } from '../kernels/slot.js';
import { AddressList, BATCH, type Stage } from './stage.js';

/**
 * Causal convolution over time with ReLU: at every `stride`-th input, from the first on, an affine map of the last
 * `kernel` inputs. Its state is those inputs; before the first they are zero.
 */
export class Convolution implements Stage {
  readonly output: number;
  readonly outputSize: number;
  readonly #kernels: Kernels;
  readonly #linear: Linear;
  readonly #inputs: AddressList;
  readonly #scratch: number;
  readonly #source: number;
  readonly #sourceSize: number;
  readonly #stride: number;
  readonly #history: number;
  readonly #phase: number;

  constructor(kernels: Kernels, layout: SlotLayout, source: Stage, weights: LinearWeights, stride: number) {
    this.#kernels = kernels;
    this.#linear = kernels.linearFrom(weights);
    this.#inputs = new AddressList(kernels);
    this.#scratch = kernels.memory.allocate(BATCH * this.#linear.outputStride);
    this.#source = source.output;
    this.#sourceSize = source.outputSize;
    this.#stride = stride;
    this.#history = layout.float32(weights.columns);
    this.#phase = layout.float64(1);
    this.outputSize = weights.rows;
    this.output = layout.float32(weights.rows);
  }

  step(slots: Int32Array, n: number): number {
    let due = 0;
    for (let s = 0; s < n; s++) {
      this.#remember(slots[s]);
      if (this.#isDue(slots[s])) slots[due++] = slots[s];
    }
    if (due > 0) this.#convolve(slots, due);
    return due;
  }

  #remember(slot: number): void {
    const { f32 } = this.#kernels.memory;
    const size = this.#sourceSize;
    const oldest = (slot + this.#history) >> 2;
    const end = oldest + this.#linear.columns;
    const input = (slot + this.#source) >> 2;
    f32.copyWithin(oldest, oldest + size, end);
    f32.copyWithin(end - size, input, input + size);
  }

  #isDue(slot: number): boolean {
    const { f64 } = this.#kernels.memory;
    const at = (slot + this.#phase) >> 3;
    const phase = f64[at];
    f64[at] = (phase + 1) % this.#stride;
    return phase === 0;
  }

  #convolve(slots: Int32Array, n: number): void {
    const { f32 } = this.#kernels.memory;
    const { outputStride } = this.#linear;
    this.#kernels.linear(this.#linear, this.#inputs.pointTo(slots, n, this.#history), n, this.#scratch);
    for (let s = 0; s < n; s++) {
      const from = (this.#scratch + s * outputStride) >> 2;
      f32.copyWithin((slots[s] + this.output) >> 2, from, from + this.outputSize);
    }
  }
}
