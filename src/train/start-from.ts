import type { ModelConfig } from '../config.js';
import type { ModelFile } from '../model-file.js';
import { checkFrontEnd } from './front-end-match.js';
import { parametersOf } from './model-parameters.js';
import type { FeatureStatistics } from './network/network.js';
import { findParameter, initialParameters, parameterPlan } from './parameters.js';
import type { Recipe } from './recipe.js';

type Shape = Pick<Recipe, 'cell' | 'hiddenSize' | 'layers' | 'convolutions' | 'coefficients' | 'clipFrames'>;

/** The shape of a model's network, for the recipe of one that begins with its weights. */
export function shapeOf({ config }: ModelFile): Shape {
  const { cell, hiddenSize, layers, convolutions, coefficients, decision } = config;
  return { cell, hiddenSize, layers, convolutions, coefficients, clipFrames: decision.clipFrames };
}

/** What has been learnt is not to be shaken off. */
const RATE_SHARE = 0.2;

/** The recipe for going on from a model: its network's shape, and a fifth of the learning rate. */
export function recipeFrom(model: ModelFile, recipe: Recipe): Recipe {
  return { ...recipe, ...shapeOf(model), peakRate: RATE_SHARE * recipe.peakRate };
}

/**
 * What a network of the same shape begins with when it goes on from a trained model: all its weights, but for the rows
 * of the output layer that belong to labels which the model does not know.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT where the model hears with another front end
 */
export function startFrom(
  model: ModelFile,
  config: ModelConfig,
  seed: number,
): { parameters: Float32Array<ArrayBuffer>; statistics: FeatureStatistics } {
  checkFrontEnd('the model', model.config, config);
  const { parameters: known, statistics } = parametersOf(model);
  const plans = { from: parameterPlan(model.config), to: parameterPlan(config) };
  const parameters = initialParameters(config, seed);
  const [, lastSize] = findParameter(plans.to, 'dense.weight').shape;
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
    copy('dense.weight', from, row, lastSize);
    copy('dense.bias', from, row, 1);
  });
  return { parameters, statistics };
}
