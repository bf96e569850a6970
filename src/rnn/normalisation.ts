import type { Kernels } from '../kernels/kernels.js';
import type { SlotLayout } from '../kernels/slot.js';
import type { Stage } from './stage.js';

/** (feature - mean) / deviation, both taken over the training data. */
export class Normalisation implements Stage {
  readonly output: number;
  readonly outputSize: number;
  readonly #kernels: Kernels;
  readonly #features: number;
  readonly #mean: Float32Array;
  readonly #deviation: Float32Array;

  constructor(kernels: Kernels, layout: SlotLayout, features: number, mean: Float32Array, deviation: Float32Array) {
    this.#kernels = kernels;
    this.#features = features;
    this.#mean = mean;
    this.#deviation = deviation;
    this.outputSize = mean.length;
    this.output = layout.float32(mean.length);
  }

  step(slots: Int32Array, n: number): number {
    const { f32 } = this.#kernels.memory;
    for (let s = 0; s < n; s++) {
      const x = (slots[s] + this.#features) >> 2;
      const y = (slots[s] + this.output) >> 2;
      for (let i = 0; i < this.outputSize; i++) f32[y + i] = (f32[x + i] - this.#mean[i]) / this.#deviation[i];
    }
    return n;
  }
}
