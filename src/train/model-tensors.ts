import type { ModelConfig } from '../config.js';
import type { Tensor, TensorFile } from '../rnn/safetensors.js';
import type { FeatureStatistics } from './network/network.js';
import { parameterPlan, tensorsOf } from './parameters.js';

/** What a model file holds, from a vector of parameters; with weights of 32 bits. */
export function modelTensors(config: ModelConfig, parameters: Float32Array, statistics: FeatureStatistics): TensorFile {
  const features: [string, Tensor][] = [
    ['feature_mean', vector(statistics.mean)],
    ['feature_std', vector(statistics.deviation)],
  ];
  const tensors = new Map([...features, ...tensorsOf(parameterPlan(config), parameters)]);
  return { metadata: { earshot: JSON.stringify(config) }, tensors };
}

const vector = (values: Float32Array): Tensor => ({ shape: [values.length], values });
