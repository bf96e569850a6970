import { EarshotError } from '../errors.js';
import type { ModelFile } from '../model-file.js';
import { networkWeights } from '../rnn/weights.js';
import { checkTrainable, type FeatureStatistics } from './network/network.js';
import { parameterPlan, vectorOf } from './parameters.js';

/**
 * A model's numbers as training has them.
 * @throws EarshotError EARSHOT_MODEL_DAMAGED; EARSHOT_BAD_ARGUMENT where the model has weights of 8 bits, or a network that cannot be trained
 */
export function parametersOf({ config, tensors }: ModelFile): {
  parameters: Float32Array;
  statistics: FeatureStatistics;
} {
  if ([...tensors.values()].some(({ values }) => !(values instanceof Float32Array))) {
    const what = `The weights of the model ${config.name} have 8 bits, expected 32`;
    throw new EarshotError('EARSHOT_BAD_ARGUMENT', what, { value: config.name });
  }
  checkTrainable(config);
  const { mean, deviation } = networkWeights(config, tensors);
  return { parameters: vectorOf(parameterPlan(config), tensors), statistics: { mean, deviation } };
}
