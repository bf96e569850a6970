import type { ModelConfig } from '../config.js';
import { EarshotError } from '../errors.js';
import type { ModelFile } from '../model-file.js';
import { checkFrontEnd } from './front-end-match.js';
import { parametersOf } from './model-parameters.js';
import type { FeatureStatistics } from './network/network.js';
import { findParameter, initialParameters, type Parameter, type ParameterPlan, parameterPlan } from './parameters.js';
import type { Recipe } from './recipe.js';

/** What has been learnt is not to be shaken off. */
const RATE_SHARE = 0.2;

/** The recipe for going on from a model: its network's shape, and a fifth of the learning rate. */
export function recipeFrom({ config }: ModelFile, recipe: Recipe): Recipe {
  const { cell, hiddenSize, layers, convolutions, coefficients, decision } = config;
  const shape = { cell, hiddenSize, layers, convolutions, coefficients, clipFrames: decision.clipFrames };
  return { ...recipe, ...shape, peakRate: RATE_SHARE * recipe.peakRate };
}

/**
 * What a network of the same shape begins with when it goes on from a trained model: all its weights, but for the rows
 * of the output layer that belong to labels which the model does not know.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT where the model hears with another front end, or its network has another shape
 */
export function startFrom(
  model: ModelFile,
  config: ModelConfig,
  seed: number,
): { parameters: Float32Array<ArrayBuffer>; statistics: FeatureStatistics } {
  checkFrontEnd('the model', model.config, config);
  const { parameters: known, statistics } = parametersOf(model);
  const plans = { from: parameterPlan(model.config), to: parameterPlan(config) };
  checkShapes(plans.from, plans.to);
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

/** All parameters but the rows of the output layer, one a label, must be of the same shape. */
function checkShapes(from: ParameterPlan, to: ParameterPlan): void {
  const [known, wanted] = [from, to].map(
    ({ parameters }) => new Map(parameters.map((one) => [one.name, shapeOf(one)])),
  );
  for (const name of new Set([...known.keys(), ...wanted.keys()])) {
    const [expected, found] = [known, wanted].map((shapes) => shapes.get(name) ?? 'none');
    if (found === expected) continue;
    const what =
      `Expected \`recipe\` to have ${name} of shape ${expected}, as the model to go on from has, got ${found}; ` +
      '`recipeFrom` gives one that does';
    throw new EarshotError('EARSHOT_BAD_ARGUMENT', what, { value: found });
  }
}

const shapeOf = ({ name, shape }: Parameter): string => `[${name.startsWith('dense.') ? shape.slice(1) : shape}]`;
