import type { Kernels, LinearWeights } from '../kernels/kernels.js';
import { sigmoid } from '../kernels/plain.js';
import type { SlotLayout } from '../kernels/slot.js';
import { type LayerInspection, Product, RecurrentLayer } from './recurrent.js';
import { AddressList, type Stage } from './stage.js';
import type { RecurrentWeights } from './weights.js';

/**
 * Gated recurrent unit as PyTorch and Keras compute it ("linear before reset"): n = tanh(W x + r ∘ (U h + b)),
 * h = (1 - z) ∘ n + z ∘ h.
 */
export class GruLayer extends RecurrentLayer {
  protected override update(_slots: Int32Array, n: number, states: number): void {
    const { out, stride } = this.inputProduct;
    this.kernels.gru(n, this.hiddenSize, out, this.hiddenProduct.out, stride, states);
  }

  protected override describe(_slot: number, hidden: Float32Array): LayerInspection {
    const r = this.gate(0, (x, u) => sigmoid(x + u));
    const z = this.gate(1, (x, u) => sigmoid(x + u));
    const n = this.gate(2, (x, u, i) => Math.tanh(x + r[i] * u));
    return { cell: 'gru', hidden, gates: { r, z, n } };
  }
}

/** The unit as first published (Cho et al. 2014): the reset gate acts before U, n = tanh(W x + U (r ∘ h) + b). */
export class GruResetFirstLayer extends RecurrentLayer {
  readonly #resetStates: number;
  readonly #resetList: AddressList;
  readonly #candidate: Product;

  constructor(kernels: Kernels, layout: SlotLayout, source: Stage, weights: RecurrentWeights, hiddenSize: number) {
    const [gates, candidate] = splitRows(weights.hidden, 2 * hiddenSize);
    super(kernels, layout, source, { input: weights.input, hidden: gates }, hiddenSize);
    this.#resetStates = layout.float32(hiddenSize);
    this.#resetList = new AddressList(kernels);
    this.#candidate = new Product(kernels, this.#resetStates, candidate);
  }

  protected override update(slots: Int32Array, n: number, states: number): void {
    const { kernels, hiddenSize, inputProduct: x, hiddenProduct: u } = this;
    const reset = this.#resetList.pointTo(slots, n, this.#resetStates);
    kernels.gruReset(n, hiddenSize, x.out, x.stride, u.out, u.stride, states, reset);
    this.#candidate.compute(slots, n);
    const { out, stride } = this.#candidate;
    kernels.gruBlend(n, hiddenSize, x.out, x.stride, u.out, u.stride, out, stride, states);
  }

  protected override describe(slot: number, hidden: Float32Array): LayerInspection {
    const r = this.gate(0, (x, u) => sigmoid(x + u));
    const z = this.gate(1, (x, u) => sigmoid(x + u));
    this.#candidate.compute(Int32Array.of(slot), 1);
    const c = this.#candidate.row(0, this.hiddenSize);
    const n = this.inputProduct.row(2 * this.hiddenSize, this.hiddenSize).map((x, i) => Math.tanh(x + c[i]));
    return { cell: 'gru', hidden, gates: { r, z, n } };
  }
}

function splitRows(weights: LinearWeights, row: number): [LinearWeights, LinearWeights] {
  const { rows, columns, values, scales, bias } = weights;
  const part = (from: number, to: number): LinearWeights => ({
    rows: to - from,
    columns,
    values: values.slice(from * columns, to * columns),
    ...(scales && { scales: scales.slice(from, to) }),
    ...(bias && { bias: bias.slice(from, to) }),
  });
  return [part(0, row), part(row, rows)];
}
