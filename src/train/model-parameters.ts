import type { ModelFile } from '../model-file.js';
import { dequantise } from '../rnn/quantise.js';
import { networkWeights, recurrentPrefix } from '../rnn/weights.js';
import { checkTrainable, type FeatureStatistics } from './network/network.js';
import { parameterPlan, vectorOf } from './parameters.js';

/**
 * A model's numbers as training has them: weights of 32 bits.
 * @throws EarshotError EARSHOT_MODEL_DAMAGED; EARSHOT_BAD_ARGUMENT where the network cannot be trained
 */
export function parametersOf({ config, tensors }: ModelFile): {
  parameters: Float32Array;
  statistics: FeatureStatistics;
} {
  checkTrainable(config);
  const { mean, deviation } = networkWeights(config, tensors);
  const prefix = recurrentPrefix(config, tensors);
  const parameters = vectorOf(parameterPlan(config), dequantise(tensors), prefix);
  return { parameters, statistics: { mean, deviation } };
}
