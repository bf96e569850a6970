import type { ModelConfig } from '../config.js';
import { quantise } from '../rnn/quantise.js';
import { type Tensor, writeSafetensors } from '../rnn/safetensors.js';
import type { FeatureStatistics } from './network/network.js';
import { parameterPlan, tensorsOf } from './parameters.js';

/** A model file, for `loadModel`, from a vector of parameters; with weights of 8 bits or of 32. */
export function modelBytes(
  config: ModelConfig,
  parameters: Float32Array,
  statistics: FeatureStatistics,
  weightBits: 8 | 32,
): Uint8Array<ArrayBuffer> {
  const features: [string, Tensor][] = [
    ['feature_mean', vector(statistics.mean)],
    ['feature_std', vector(statistics.deviation)],
  ];
  const tensors = new Map([...features, ...tensorsOf(parameterPlan(config), parameters)]);
  const file = { metadata: { earshot: JSON.stringify(config) }, tensors };
  return writeSafetensors(weightBits === 8 ? quantise(file) : file);
}

const vector = (values: Float32Array): Tensor => ({ shape: [values.length], values });
