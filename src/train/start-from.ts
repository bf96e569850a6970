import type { ModelConfig } from '../config.js';
import { EarshotError } from '../errors.js';
import type { ModelFile } from '../model-file.js';
import type { FeatureStatistics } from './network/network.js';
import { findParameter, initialParameters, parameterPlan, vectorOf } from './parameters.js';
import type { Recipe } from './recipe.js';

type Shape = Pick<Recipe, 'cell' | 'hiddenSize' | 'layers' | 'convolutions' | 'coefficients'>;

/** The shape of a model's network, for the recipe of one that begins with its weights. */
export function shapeOf({ config }: ModelFile): Shape {
  const { cell, hiddenSize, layers, convolutions, coefficients } = config;
  return { cell, hiddenSize, layers, convolutions, coefficients };
}

/**
 * What a network of the same shape begins with when it goes on from a trained model: all its weights, but for the rows
 * of the output layer that belong to labels which the model does not know.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT where the model has weights of 8 bits
 */
export function startFrom(
  model: ModelFile,
  config: ModelConfig,
  seed: number,
): { parameters: Float32Array<ArrayBuffer>; statistics: FeatureStatistics } {
  if ([...model.tensors.values()].some(({ values }) => !(values instanceof Float32Array))) {
    const what = `Training cannot go on from the model ${model.config.name}: its weights have 8 bits, expected 32`;
    throw new EarshotError('EARSHOT_BAD_ARGUMENT', what, { value: model.config.name });
  }
  const plans = { from: parameterPlan(model.config), to: parameterPlan(config) };
  const known = vectorOf(plans.from, model.tensors);
  const parameters = initialParameters(config, seed);
  const copy = (name: string, from: number, to: number, length: number) => {
    const [source, target] = [plans.from, plans.to].map((plan) => findParameter(plan, name).offset);
    parameters.set(known.subarray(source + from * length, source + (from + 1) * length), target + to * length);
  };
  for (const { name, length } of plans.to.parameters.filter(({ name }) => !name.startsWith('dense.'))) {
    copy(name, 0, 0, length);
  }
  config.labels.forEach((label, row) => {
    const from = model.config.labels.indexOf(label);
    if (from < 0) return;
    copy('dense.weight', from, row, config.hiddenSize);
    copy('dense.bias', from, row, 1);
  });
  const statistic = (name: string) => model.tensors.get(name)?.values as Float32Array<ArrayBuffer>;
  return { parameters, statistics: { mean: statistic('feature_mean'), deviation: statistic('feature_std') } };
}
