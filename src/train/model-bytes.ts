import type { ModelConfig } from '../config.js';
import { type Tensor, writeSafetensors } from '../rnn/safetensors.js';
import type { FeatureStatistics } from './network/network.js';
import { parameterPlan, tensorsOf } from './parameters.js';

/** A model file, for `loadModel`, from a vector of parameters. */
export function modelBytes(
  config: ModelConfig,
  parameters: Float32Array,
  statistics: FeatureStatistics,
): Uint8Array<ArrayBuffer> {
  const features: [string, Tensor][] = [
    ['feature_mean', vector(statistics.mean)],
    ['feature_std', vector(statistics.deviation)],
  ];
  const tensors = new Map([...features, ...tensorsOf(parameterPlan(config), parameters)]);
  return writeSafetensors({ metadata: { earshot: JSON.stringify(config) }, tensors });
}

const vector = (values: Float32Array): Tensor => ({ shape: [values.length], values });
