import type { Kernels, LinearWeights } from '../kernels/kernels.js';
import type { SlotLayout } from '../kernels/slot.js';
import { Product } from './recurrent.js';
import type { Stage } from './stage.js';

/** Dense layer and softmax: the posterior of each label. */
export class OutputLayer implements Stage {
  readonly output: number;
  readonly outputSize: number;
  readonly #kernels: Kernels;
  readonly #logits: Product;

  constructor(kernels: Kernels, layout: SlotLayout, source: Stage, weights: LinearWeights) {
    this.#kernels = kernels;
    this.#logits = new Product(kernels, source.output, weights);
    this.outputSize = weights.rows;
    this.output = layout.float32(weights.rows);
  }

  step(slots: Int32Array, n: number): number {
    this.#logits.compute(slots, n);
    const { f32 } = this.#kernels.memory;
    for (let s = 0; s < n; s++) {
      softmax(f32, (this.#logits.out + s * this.#logits.stride) >> 2, (slots[s] + this.output) >> 2, this.outputSize);
    }
    return n;
  }
}

/** The largest logit is taken away first, so that nothing overflows. */
function softmax(f32: Float32Array, logits: number, out: number, size: number): void {
  let largest = f32[logits];
  for (let i = 1; i < size; i++) largest = Math.max(largest, f32[logits + i]);
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const e = Math.exp(f32[logits + i] - largest);
    f32[out + i] = e;
    sum += e;
  }
  for (let i = 0; i < size; i++) f32[out + i] /= sum;
}
