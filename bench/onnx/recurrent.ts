import { recurrentModel, stateNames } from './graph.js';
import type { RecurrentLayer } from './network.js';
import { floats, type Runtime } from './session.js';

/** States of every layer, each [batch][H] flat: h, and in an LSTM c. */
export type LayerStates = Record<'h' | 'c', Float32Array>[];

export interface SequenceResult {
  /** Of the last layer, [steps][batch][H] flat. */
  outputs: Float32Array;
  /** After the last step. */
  states: LayerStates;
}

/**
 * Runs stacked recurrent layers over whole sequences with onnxruntime's operators, one session a layer.
 * @param x [steps][batch][I] flat
 * @param initial states before the first step; c is not read unless the cell is an LSTM
 */
export async function runLayers(
  runtime: Runtime,
  layers: readonly RecurrentLayer[],
  x: Float32Array,
  initial: LayerStates,
): Promise<SequenceResult> {
  let input = x;
  const states: LayerStates = [];
  for (const [i, layer] of layers.entries()) {
    const { outputs, state } = await runLayer(runtime, layer, input, initial[i]);
    input = outputs;
    states.push(state);
  }
  return { outputs: input, states };
}

async function runLayer(runtime: Runtime, layer: RecurrentLayer, x: Float32Array, initial: LayerStates[number]) {
  const { inputSize, hiddenSize, cell } = layer;
  const batch = initial.h.length / hiddenSize;
  const session = await runtime.open(recurrentModel(layer));
  const feeds = { x: new runtime.Tensor('float32', x, [x.length / (batch * inputSize), batch, inputSize]) };
  const initials = stateNames(cell).map((s) => [
    `initial_${s}`,
    new runtime.Tensor('float32', initial[s], [1, batch, hiddenSize]),
  ]);
  const results = await session.run({ ...feeds, ...Object.fromEntries(initials) });
  await session.release();
  const c = cell === 'lstm' ? floats(results.y_c) : new Float32Array(0);
  return { outputs: floats(results.y), state: { h: floats(results.y_h), c } };
}
