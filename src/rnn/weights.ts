import type { ModelConfig } from '../config.js';
import { EarshotError } from '../errors.js';
import type { LinearWeights } from '../kernels/kernels.js';
import type { Tensor } from './safetensors.js';

/** The tensors of a network, checked and taken apart into the affine maps that the stages need. */
export interface NetworkWeights {
  mean: Float32Array;
  deviation: Float32Array;
  /** One a convolution: rows = output channels, columns = kernel · input channels, oldest input first. */
  convolutions: LinearWeights[];
  recurrent: RecurrentWeights[];
  dense: LinearWeights;
}

/** One recurrent layer: W on its input and U on its hidden state, gates stacked in PyTorch's order. */
export interface RecurrentWeights {
  input: LinearWeights;
  hidden: LinearWeights;
}

/** Gates of each cell: r, z, n for GRU; i, f, g, o for LSTM. */
export const GATES = { rnn: 1, gru: 3, lstm: 4 } as const;

/** Weights beyond this cannot come from training, and could make a sum overflow. */
const LARGEST_WEIGHT = 1e6;

/**
 * Finds a network's tensors by PyTorch's names: `conv.N.weight` [out, in, kernel], `PREFIX.weight_ih_lN` and so on of
 * torch.nn.RNN, GRU or LSTM under any prefix, `dense.weight`, and `feature_mean`, `feature_std`. An 8-bit matrix NAME
 * has its scales, one a row, in `NAME_scale`.
 * @throws EarshotError EARSHOT_MODEL_DAMAGED for a tensor that is missing, has the wrong shape or is not finite
 */
export function networkWeights(config: ModelConfig, tensors: ReadonlyMap<string, Tensor>): NetworkWeights {
  const find = new TensorFinder(tensors);
  const { coefficients, hiddenSize, labels } = config;
  const mean = find.vector('feature_mean', coefficients);
  const deviation = find.vector('feature_std', coefficients);
  if (deviation.some((d) => d < 1e-6)) {
    throw new EarshotError('EARSHOT_MODEL_DAMAGED', 'Expected every `feature_std` to be at least 1e-6', {
      value: deviation,
    });
  }
  let size = coefficients;
  const convolutions = config.convolutions.map(({ channels, kernel }, n) => {
    const weights = find.convolution(`conv.${n}`, channels, size, kernel);
    size = channels;
    return weights;
  });
  const prefix = recurrentPrefix(config, tensors);
  const rows = GATES[config.cell] * hiddenSize;
  const recurrent = Array.from({ length: config.layers }, (_, n) => {
    const input = find.linear(`${prefix}weight_ih_l${n}`, `${prefix}bias_ih_l${n}`, rows, size);
    size = hiddenSize;
    return { input, hidden: find.linear(`${prefix}weight_hh_l${n}`, `${prefix}bias_hh_l${n}`, rows, hiddenSize) };
  });
  const dense = find.linear('dense.weight', 'dense.bias', labels.length, size);
  return { mean, deviation, convolutions, recurrent, dense };
}

const FIRST_RECURRENT = 'weight_ih_l0';

/**
 * What the names of the recurrent layers' tensors begin with; nothing where there are no such layers.
 * @throws EarshotError EARSHOT_MODEL_DAMAGED where there should be some
 */
export function recurrentPrefix({ layers }: ModelConfig, tensors: ReadonlyMap<string, Tensor>): string {
  if (layers === 0) return '';
  const first = [...tensors.keys()].find((name) => name.endsWith(FIRST_RECURRENT));
  if (first !== undefined) return first.slice(0, -FIRST_RECURRENT.length);
  const what = `The model has no tensor …${FIRST_RECURRENT}`;
  throw new EarshotError('EARSHOT_MODEL_DAMAGED', what, { value: FIRST_RECURRENT });
}

class TensorFinder {
  readonly #tensors: ReadonlyMap<string, Tensor>;

  constructor(tensors: ReadonlyMap<string, Tensor>) {
    this.#tensors = tensors;
  }

  vector(name: string, length: number): Float32Array {
    const { values } = this.#tensor(name, [length]);
    if (values instanceof Float32Array) return values;
    throw new EarshotError('EARSHOT_MODEL_DAMAGED', `Expected tensor ${name} to be F32`, { value: name });
  }

  linear(name: string, biasName: string, rows: number, columns: number): LinearWeights {
    const { values } = this.#tensor(name, [rows, columns]);
    const weights: LinearWeights = { rows, columns, values, bias: this.vector(biasName, rows) };
    return values instanceof Int8Array ? { ...weights, scales: this.vector(`${name}_scale`, rows) } : weights;
  }

  convolution(name: string, channels: number, inputs: number, kernel: number): LinearWeights {
    const { values } = this.#tensor(`${name}.weight`, [channels, inputs, kernel]);
    const columns = kernel * inputs;
    const ordered = values.slice();
    for (let channel = 0; channel < channels; channel++) {
      for (let i = 0; i < inputs; i++) {
        for (let k = 0; k < kernel; k++) {
          ordered[channel * columns + k * inputs + i] = values[(channel * inputs + i) * kernel + k];
        }
      }
    }
    const bias = this.vector(`${name}.bias`, channels);
    const weights: LinearWeights = { rows: channels, columns, values: ordered, bias, relu: true };
    if (values instanceof Float32Array) return weights;
    return { ...weights, scales: this.vector(`${name}.weight_scale`, channels) };
  }

  #tensor(name: string, shape: readonly number[]): Tensor {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new EarshotError('EARSHOT_MODEL_DAMAGED', `The model has no tensor ${name}`, { value: name });
    if (tensor.shape.length !== shape.length || tensor.shape.some((n, i) => n !== shape[i])) {
      const what = `Expected tensor ${name} to have shape [${shape}], got [${tensor.shape}]`;
      throw new EarshotError('EARSHOT_MODEL_DAMAGED', what, { value: tensor.shape });
    }
    // Written so that NaN fails too.
    const wrong = tensor.values.findIndex((w) => !(Math.abs(w) <= LARGEST_WEIGHT));
    if (wrong >= 0) {
      const what = `Expected tensor ${name} to hold weights, got ${tensor.values[wrong]} at ${wrong}`;
      throw new EarshotError('EARSHOT_MODEL_DAMAGED', what, { value: tensor.values[wrong] });
    }
    return tensor;
  }
}
