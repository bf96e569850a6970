import { type LayerInspection, RecurrentLayer } from './recurrent.js';

/** The simple recurrence of Elman (1990), torch.nn.RNN: h = tanh(W x + b + U h + b'). */
export class ElmanLayer extends RecurrentLayer {
  protected override update(_slots: Int32Array, n: number, states: number): void {
    const { out, stride } = this.inputProduct;
    this.kernels.elman(n, this.hiddenSize, out, this.hiddenProduct.out, stride, states);
  }

  protected override describe(_slot: number, hidden: Float32Array): LayerInspection {
    return { cell: 'rnn', hidden, gates: {} };
  }
}
