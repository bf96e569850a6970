import type { ModelConfig } from '../../src/config.js';
import { parameterPlan } from '../../src/train/parameters.js';
import { modelConfigOf, type Recipe } from '../../src/train/recipe.js';

/** One of the networks that are compared. */
export interface CellNetwork {
  readonly name: string;
  readonly recipe: Recipe;
  /** Units of each layer. */
  readonly units: number;
  readonly parameters: number;
}

type Sized = (units: number) => Partial<Recipe>;

/** Layers can be trained whose units are multiples of this. */
const UNITS_STEP = 4;
const MOST_UNITS = 4096;

/**
 * Networks of as many layers as a recipe's and, as nearly as whole units allow, as many parameters: three recurrent
 * cells, and a classifier of single frames, whose layers are affine maps and ReLU (convolutions over one frame).
 * @param recipe of a GRU without convolutions
 */
export function networksOfEqualSize(recipe: Recipe, labels: readonly string[]): CellNetwork[] {
  const kinds: [string, Sized][] = [
    ['Elman', (hiddenSize) => ({ cell: 'rnn', hiddenSize })],
    ['LSTM', (hiddenSize) => ({ cell: 'lstm', hiddenSize })],
    ['GRU', (hiddenSize) => ({ cell: 'gru', hiddenSize })],
    ['memoryless', (channels) => ({ layers: 0, convolutions: memoryless(channels, recipe.layers) })],
  ];
  const wanted = parametersOf(recipe, labels);
  return kinds.map(([name, sized]) => nearest(name, (units) => ({ ...recipe, ...sized(units) }), labels, wanted));
}

const memoryless = (channels: number, layers: number): ModelConfig['convolutions'] =>
  Array.from({ length: layers }, () => ({ channels, kernel: 1, stride: 1 }));

function nearest(name: string, recipeOf: (units: number) => Recipe, labels: readonly string[], wanted: number) {
  let best: CellNetwork | undefined;
  for (let units = UNITS_STEP; units <= MOST_UNITS; units += UNITS_STEP) {
    const recipe = recipeOf(units);
    const parameters = parametersOf(recipe, labels);
    if (best && Math.abs(parameters - wanted) >= Math.abs(best.parameters - wanted)) return best;
    best = { name, recipe, units, parameters };
  }
  throw new Error(`No ${name} has ${wanted} parameters`);
}

function parametersOf(recipe: Recipe, labels: readonly string[]): number {
  const { parameters } = parameterPlan(modelConfigOf(recipe, labels));
  return parameters.reduce((sum, { length }) => sum + length, 0);
}
