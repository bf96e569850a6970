import { type Cell, toOnnxGates } from './gates.js';
import type { Network, RecurrentLayer } from './network.js';
import { type Constant, encodeModel, type Operator, type Value } from './proto.js';

/** The operators that are the reference: https://onnx.ai/onnx/operators/ (RNN, GRU, LSTM), operator set 14. */
const OPERATORS: Record<Cell, string> = { rnn: 'RNN', gru: 'GRU', lstm: 'LSTM' };

/** States that a cell carries, as our tensors are named: the output h and, in an LSTM, the memory c. */
export const stateNames = (cell: Cell): readonly ('h' | 'c')[] => (cell === 'lstm' ? ['h', 'c'] : ['h']);

/**
 * An ONNX model of one recurrent layer over a whole sequence, both sizes `steps` and `batch` free.
 * Inputs: `x` [steps][batch][I], `initial_h` and for an LSTM `initial_c` [1][batch][H].
 * Outputs: `y` [steps][1][batch][H], `y_h` and for an LSTM `y_c` [1][batch][H].
 */
export function recurrentModel(layer: RecurrentLayer): Uint8Array {
  const { cell, inputSize, hiddenSize } = layer;
  const states = stateNames(cell);
  const state = [1, 'batch', hiddenSize];
  const initial = states.map((s) => `initial_${s}`);
  const final = states.map((s) => `y_${s}`);
  return encodeModel({
    name: `${cell}-${hiddenSize}`,
    inputs: [{ name: 'x', shape: ['steps', 'batch', inputSize] }, ...initial.map((name) => ({ name, shape: state }))],
    outputs: [
      { name: 'y', shape: ['steps', 1, 'batch', hiddenSize] },
      ...final.map((name) => ({ name, shape: state })),
    ],
    constants: recurrentConstants(layer, ''),
    operators: [recurrentOperator(layer, '', 'x', initial, ['y', ...final])],
  });
}

/**
 * An ONNX model of a whole network for one step of `batch` streams: normalisation, recurrent layers, dense, softmax.
 * Inputs: `mfcc` [1][batch][coefficients], states `h0`, `h1`, … (and `c0`, `c1`, …) [1][batch][H].
 * Outputs: `posteriors` [batch][labels], the states of the same names with `_out`.
 */
export function stackedModel(network: Network, batch = 1): Uint8Array {
  const { mean, std, layers, labels } = network;
  const stateOf = (layer: RecurrentLayer, i: number): Value[] =>
    stateNames(layer.cell).map((s) => ({ name: `${s}${i}`, shape: [1, batch, layer.hiddenSize] }));
  const states = layers.flatMap(stateOf);
  // One step only, so a layer's final state [1][batch][H] is the next layer's whole input.
  const recurrent = layers.map((layer, i) => {
    const names = stateOf(layer, i).map(({ name }) => name);
    const outputs = ['', ...names.map((name) => `${name}_out`)];
    return recurrentOperator(layer, `_${i}`, i === 0 ? 'normalised' : `h${i - 1}_out`, names, outputs);
  });
  return encodeModel({
    name: 'network',
    inputs: [{ name: 'mfcc', shape: [1, batch, mean.length] }, ...states],
    outputs: [
      { name: 'posteriors', shape: [batch, labels.length] },
      ...states.map(({ name, shape }) => ({ name: `${name}_out`, shape })),
    ],
    constants: [
      { name: 'mean', shape: [mean.length], data: mean },
      { name: 'std', shape: [std.length], data: std },
      ...layers.flatMap((layer, i) => recurrentConstants(layer, `_${i}`)),
      {
        name: 'dense_w',
        shape: [labels.length, network.denseWeight.length / labels.length],
        data: network.denseWeight,
      },
      { name: 'dense_b', shape: [labels.length], data: network.denseBias },
      { name: 'first_axis', shape: [1], data: new BigInt64Array(1) },
    ],
    operators: [
      { type: 'Sub', inputs: ['mfcc', 'mean'], outputs: ['centred'] },
      { type: 'Div', inputs: ['centred', 'std'], outputs: ['normalised'] },
      ...recurrent,
      { type: 'Squeeze', inputs: [`h${layers.length - 1}_out`, 'first_axis'], outputs: ['last'] },
      { type: 'Gemm', inputs: ['last', 'dense_w', 'dense_b'], outputs: ['logits'], attributes: { transB: 1 } },
      { type: 'Softmax', inputs: ['logits'], outputs: ['posteriors'], attributes: { axis: -1 } },
    ],
  });
}

/** W [1][G·H][I], R [1][G·H][H] and B [1][2·G·H] (input bias, then recurrent bias), gates in ONNX's order. */
function recurrentConstants(layer: RecurrentLayer, suffix: string): Constant[] {
  const { cell, inputSize, hiddenSize } = layer;
  const rows = layer.biasIh.length;
  const bias = new Float32Array(2 * rows);
  bias.set(toOnnxGates(cell, layer.biasIh));
  bias.set(toOnnxGates(cell, layer.biasHh), rows);
  return [
    { name: `w${suffix}`, shape: [1, rows, inputSize], data: toOnnxGates(cell, layer.weightIh) },
    { name: `r${suffix}`, shape: [1, rows, hiddenSize], data: toOnnxGates(cell, layer.weightHh) },
    { name: `b${suffix}`, shape: [1, 2 * rows], data: bias },
  ];
}

function recurrentOperator(
  { cell, hiddenSize, linearBeforeReset = true }: RecurrentLayer,
  suffix: string,
  input: string,
  initialStates: readonly string[],
  outputs: readonly string[],
): Operator {
  const reset = cell === 'gru' ? { linear_before_reset: linearBeforeReset ? 1 : 0 } : {};
  return {
    type: OPERATORS[cell],
    // The empty name stands for `sequence_lens`: every sequence has the full length.
    inputs: [input, `w${suffix}`, `r${suffix}`, `b${suffix}`, '', ...initialStates],
    outputs,
    attributes: { hidden_size: hiddenSize, ...reset },
  };
}
