import { type Cell, gateCount } from './gates.js';
import { readSafetensors } from './safetensors.js';

/** One recurrent layer as PyTorch holds it: G gates (r, z, n or i, f, g, o), H hidden units, I inputs. */
export interface RecurrentLayer {
  cell: Cell;
  inputSize: number;
  hiddenSize: number;
  /** GRU only, default true. true: n = tanh(W x + r ∘ (U h + b)); false: n = tanh(W x + U (r ∘ h) + b). */
  linearBeforeReset?: boolean;
  /** [G·H][I] */
  weightIh: Float32Array;
  /** [G·H][H] */
  weightHh: Float32Array;
  /** [G·H] */
  biasIh: Float32Array;
  /** [G·H] */
  biasHh: Float32Array;
}

/** A whole keyword network without its front end. */
export interface Network {
  /** Names of the outputs. */
  labels: string[];
  /** Mean and standard deviation of each coefficient: the first layer hears (mfcc - mean) / std. */
  mean: Float32Array;
  std: Float32Array;
  layers: RecurrentLayer[];
  /** [labels][H of the last layer] */
  denseWeight: Float32Array;
  /** [labels] */
  denseBias: Float32Array;
}

interface Parameters {
  cell: Cell;
  layers: number;
  labels: string[];
  linearBeforeReset?: boolean;
  convolutions?: unknown[];
}

/**
 * Reads one of our model files, on purpose without any of our own loading code: what it feeds is to be an independent
 * reference.
 */
export function readNetwork(file: Uint8Array): Network {
  const { tensors, metadata } = readSafetensors(file);
  const parameters = JSON.parse(metadata.earshot) as Parameters;
  if (parameters.convolutions?.length) throw new Error('Expected a network without convolutions');
  return {
    labels: parameters.labels,
    mean: tensors.feature_mean,
    std: tensors.feature_std,
    layers: pytorchLayers(parameters.cell, parameters.layers, tensors, 'rnn.', parameters.linearBeforeReset),
    denseWeight: tensors['dense.weight'],
    denseBias: tensors['dense.bias'],
  };
}

/**
 * Stacked layers from PyTorch's tensors (`weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, `weight_ih_l1`, …),
 * each name after `prefix`. The sizes follow from the tensors'.
 */
export function pytorchLayers(
  cell: Cell,
  count: number,
  tensors: Readonly<Record<string, Float32Array>>,
  prefix = '',
  linearBeforeReset = true,
): RecurrentLayer[] {
  const tensor = (name: string, layer: number) => {
    const found = tensors[`${prefix}${name}_l${layer}`];
    if (!found) throw new Error(`Expected a tensor \`${prefix}${name}_l${layer}\``);
    return found;
  };
  return Array.from({ length: count }, (_, i) => {
    const weightIh = tensor('weight_ih', i);
    const biasIh = tensor('bias_ih', i);
    return {
      cell,
      inputSize: weightIh.length / biasIh.length,
      hiddenSize: biasIh.length / gateCount(cell),
      linearBeforeReset,
      weightIh,
      weightHh: tensor('weight_hh', i),
      biasIh,
      biasHh: tensor('bias_hh', i),
    };
  });
}
