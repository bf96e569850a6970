import type { Kernels, Linear, LinearWeights } from '../kernels/kernels.js';
import type { SlotLayout } from '../kernels/slot.js';
import { AddressList, BATCH, type Stage } from './stage.js';
import type { RecurrentWeights } from './weights.js';

/** What one recurrent layer held and did at the last step; a copy. */
export interface LayerInspection {
  cell: 'rnn' | 'gru' | 'lstm';
  /** Hidden state h, each in (-1, 1). */
  hidden: Float32Array;
  /** Cell state c, LSTM only. */
  cellState?: Float32Array;
  /** Activations by the gate's usual name: r, z, n for GRU; i, f, g, o for LSTM; none for Elman. */
  gates: Record<string, Float32Array>;
}

/**
 * What the recurrent cells share: the hidden state in the slot, the product W x + b of the input and U h + b of the
 * hidden state. A cell says what its gates make of the two.
 */
export abstract class RecurrentLayer implements Stage {
  readonly output: number;
  readonly outputSize: number;
  protected readonly kernels: Kernels;
  protected readonly hiddenSize: number;
  protected readonly inputProduct: Product;
  protected readonly hiddenProduct: Product;
  readonly #states: AddressList;
  /** The hidden state before the last step, kept so that `inspect` can tell the gates. */
  readonly #before: number;

  constructor(kernels: Kernels, layout: SlotLayout, source: Stage, weights: RecurrentWeights, hiddenSize: number) {
    this.kernels = kernels;
    this.hiddenSize = hiddenSize;
    this.outputSize = hiddenSize;
    this.output = layout.float32(hiddenSize);
    this.#before = layout.float32(hiddenSize);
    this.#states = new AddressList(kernels);
    this.inputProduct = new Product(kernels, source.output, weights.input);
    this.hiddenProduct = new Product(kernels, this.output, weights.hidden);
  }

  step(slots: Int32Array, n: number): number {
    const { f32 } = this.kernels.memory;
    for (let s = 0; s < n; s++) {
      const h = (slots[s] + this.output) >> 2;
      f32.copyWithin((slots[s] + this.#before) >> 2, h, h + this.hiddenSize);
    }
    this.inputProduct.compute(slots, n);
    this.hiddenProduct.compute(slots, n);
    this.update(slots, n, this.#states.pointTo(slots, n, this.output));
    return n;
  }

  /** Looks into one stream. Allocates; not for the audio thread's steady state. */
  inspect(slot: number): LayerInspection {
    const { f32 } = this.kernels.memory;
    const hidden = this.field(slot, this.output);
    f32.set(this.field(slot, this.#before), (slot + this.output) >> 2);
    const slots = Int32Array.of(slot);
    this.inputProduct.compute(slots, 1);
    this.hiddenProduct.compute(slots, 1);
    const inspection = this.describe(slot, hidden);
    f32.set(hidden, (slot + this.output) >> 2);
    return inspection;
  }

  /** New hidden states from the two products, for the streams whose hidden states `states` lists. */
  protected abstract update(slots: Int32Array, n: number, states: number): void;

  /** With both products computed for the state before the last step. */
  protected abstract describe(slot: number, hidden: Float32Array): LayerInspection;

  /** A copy of one hidden-sized field of a slot. */
  protected field(slot: number, offset: number): Float32Array {
    const at = (slot + offset) >> 2;
    return this.kernels.memory.f32.slice(at, at + this.hiddenSize);
  }

  /** Gate `index` of a single stream from both products. */
  protected gate(index: number, activation: (x: number, u: number, i: number) => number): Float32Array {
    const x = this.inputProduct.row(index * this.hiddenSize, this.hiddenSize);
    const u = this.hiddenProduct.row(index * this.hiddenSize, this.hiddenSize);
    return x.map((value, i) => activation(value, u[i], i));
  }
}

/** An affine map of one field of each slot, with room for the results of a batch. */
export class Product {
  /** Where the results begin, and the bytes from one stream's to the next one's. */
  readonly out: number;
  readonly stride: number;
  readonly #kernels: Kernels;
  readonly #linear: Linear;
  readonly #inputs: AddressList;
  readonly #source: number;

  /** @param source byte offset of the input in a slot */
  constructor(kernels: Kernels, source: number, weights: LinearWeights) {
    this.#kernels = kernels;
    this.#source = source;
    this.#linear = kernels.linearFrom(weights);
    this.#inputs = new AddressList(kernels);
    this.stride = this.#linear.outputStride;
    this.out = kernels.memory.allocate(BATCH * this.stride);
  }

  compute(slots: Int32Array, n: number): void {
    this.#kernels.linear(this.#linear, this.#inputs.pointTo(slots, n, this.#source), n, this.out);
  }

  /** A copy of rows of the first stream's result. */
  row(from: number, length: number): Float32Array {
    const at = (this.out >> 2) + from;
    return this.#kernels.memory.f32.slice(at, at + length);
  }
}
