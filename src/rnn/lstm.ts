import type { Kernels } from '../kernels/kernels.js';
import { sigmoid } from '../kernels/plain.js';
import type { SlotLayout } from '../kernels/slot.js';
import { type LayerInspection, RecurrentLayer } from './recurrent.js';
import { AddressList, type Stage } from './stage.js';
import type { RecurrentWeights } from './weights.js';

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, forget gate of Gers et al. 2000), torch.nn.LSTM:
 * c = f ∘ c + i ∘ g, h = o ∘ tanh(c).
 */
export class LstmLayer extends RecurrentLayer {
  readonly #cell: number;
  readonly #cells: AddressList;

  constructor(kernels: Kernels, layout: SlotLayout, source: Stage, weights: RecurrentWeights, hiddenSize: number) {
    super(kernels, layout, source, weights, hiddenSize);
    this.#cell = layout.float32(hiddenSize);
    this.#cells = new AddressList(kernels);
  }

  protected override update(slots: Int32Array, n: number, states: number): void {
    const { out, stride } = this.inputProduct;
    const cells = this.#cells.pointTo(slots, n, this.#cell);
    this.kernels.lstm(n, this.hiddenSize, out, this.hiddenProduct.out, stride, states, cells);
  }

  protected override describe(slot: number, hidden: Float32Array): LayerInspection {
    const gates = {
      i: this.gate(0, (x, u) => sigmoid(x + u)),
      f: this.gate(1, (x, u) => sigmoid(x + u)),
      g: this.gate(2, (x, u) => Math.tanh(x + u)),
      o: this.gate(3, (x, u) => sigmoid(x + u)),
    };
    return { cell: 'lstm', hidden, cellState: this.field(slot, this.#cell), gates };
  }
}
