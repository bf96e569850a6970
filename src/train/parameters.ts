import type { ModelConfig } from '../config.js';
import { EarshotError } from '../errors.js';
import type { Tensor } from '../rnn/safetensors.js';
import { GATES } from '../rnn/weights.js';
import type { Matrix } from './orthogonaliser.js';
import { Random } from './random.js';

/** One tensor in the vector of all parameters. */
export interface Parameter {
  /** As in a model file. */
  readonly name: string;
  /** As in a model file. A convolution [out, in, kernel] lies as [out][kernel][in] in the vector. */
  readonly shape: readonly number[];
  /** First float in the vector, a multiple of 4. */
  readonly offset: number;
  readonly length: number;
}

/** The vector of all parameters of a network: where each tensor lies in it. */
export interface ParameterPlan {
  readonly parameters: readonly Parameter[];
  /** Floats of the vector, a multiple of 4. */
  readonly floats: number;
}

/** The parameters of a model in the order of its file, with PyTorch's names and shapes. */
export function parameterPlan(config: ModelConfig): ParameterPlan {
  const parameters: Parameter[] = [];
  let floats = 0;
  const add = (name: string, ...shape: number[]) => {
    const length = shape.reduce((product, n) => product * n, 1);
    parameters.push({ name, shape, offset: floats, length });
    floats += Math.ceil(length / 4) * 4;
  };
  let size = config.coefficients;
  config.convolutions.forEach(({ channels, kernel }, n) => {
    add(`conv.${n}.weight`, channels, size, kernel);
    add(`conv.${n}.bias`, channels);
    size = channels;
  });
  const rows = GATES[config.cell] * config.hiddenSize;
  for (let layer = 0; layer < config.layers; layer++) {
    add(`rnn.weight_ih_l${layer}`, rows, size);
    add(`rnn.weight_hh_l${layer}`, rows, config.hiddenSize);
    add(`rnn.bias_ih_l${layer}`, rows);
    add(`rnn.bias_hh_l${layer}`, rows);
    size = config.hiddenSize;
  }
  add('dense.weight', config.labels.length, size);
  add('dense.bias', config.labels.length);
  return { parameters, floats };
}

/** @throws Error if there is no such parameter: a mistake in the program */
export function findParameter({ parameters }: ParameterPlan, name: string): Parameter {
  const found = parameters.find((parameter) => parameter.name === name);
  if (!found) throw new Error(`No parameter ${name}`);
  return found;
}

const isWeight = ({ name }: Parameter): boolean => name.includes('weight');

/** The matrices between the features and the last layer, those of each gate apart. */
export function hiddenMatrices(config: ModelConfig): Matrix[] {
  const hidden = parameterPlan(config).parameters.filter((one) => isWeight(one) && !one.name.startsWith('dense.'));
  return hidden.flatMap(({ name, shape, offset, length }) => {
    const gates = name.startsWith('rnn.') ? GATES[config.cell] : 1;
    const rows = shape[0] / gates;
    const columns = length / shape[0];
    return Array.from({ length: gates }, (_, gate) => ({ offset: offset + gate * rows * columns, rows, columns }));
  });
}

/** Inputs of one output of a parameter's layer; of a bias, those of its layer are not known here. */
const fanIn = ({ shape }: Parameter): number => shape.slice(1).reduce((product, n) => product * n, 1);

/**
 * Random parameters as PyTorch draws them: uniform within ±1/√hidden for recurrent layers; weights uniform within
 * ±1/√fan-in elsewhere (√6 times that before a ReLU: He et al. 2015), and biases 0 there.
 */
export function initialParameters(config: ModelConfig, seed: number): Float32Array<ArrayBuffer> {
  const plan = parameterPlan(config);
  const random = new Random(seed);
  const values = new Float32Array(plan.floats);
  for (const parameter of plan.parameters) {
    const bound = initialBound(config, parameter);
    for (let i = 0; i < parameter.length; i++) values[parameter.offset + i] = random.between(-bound, bound);
  }
  return values;
}

function initialBound(config: ModelConfig, parameter: Parameter): number {
  if (parameter.name.startsWith('rnn.')) return 1 / Math.sqrt(config.hiddenSize);
  if (!isWeight(parameter)) return 0;
  return Math.sqrt((parameter.name.startsWith('conv.') ? 6 : 1) / fanIn(parameter));
}

/** The weight decay of each parameter: `decay` for weights, 0 for biases. */
export function weightDecays(plan: ParameterPlan, decay: number): Float32Array {
  const decays = new Float32Array(plan.floats);
  for (const parameter of plan.parameters.filter(isWeight)) {
    decays.fill(decay, parameter.offset, parameter.offset + parameter.length);
  }
  return decays;
}

/** The tensors of a model file from a vector of parameters. */
export function tensorsOf({ parameters }: ParameterPlan, vector: Float32Array): Map<string, Tensor> {
  return new Map(
    parameters.map((parameter) => {
      const { name, shape, offset, length } = parameter;
      const values = vector.slice(offset, offset + length);
      return [name, { shape, values: isConvolution(parameter) ? reorder(values, shape, 'toFile') : values }];
    }),
  );
}

/**
 * The vector of parameters from the tensors of a model file.
 * @param prefix of the recurrent layers in this file, which may be any
 * @throws EarshotError EARSHOT_MODEL_DAMAGED if one is missing or has another size
 */
export function vectorOf(
  { parameters, floats }: ParameterPlan,
  tensors: ReadonlyMap<string, Tensor>,
  prefix = 'rnn.',
): Float32Array {
  const vector = new Float32Array(floats);
  for (const parameter of parameters) {
    const { shape, offset, length } = parameter;
    const name = parameter.name.replace(/^rnn\./, () => prefix);
    const values = tensors.get(name)?.values;
    if (!(values instanceof Float32Array) || values.length !== length) {
      throw new EarshotError('EARSHOT_MODEL_DAMAGED', `The model lacks the tensor ${name} [${shape}]`);
    }
    vector.set(isConvolution(parameter) ? reorder(values, shape, 'toVector') : values, offset);
  }
  return vector;
}

const isConvolution = ({ shape }: Parameter): boolean => shape.length === 3;

function reorder(
  values: Float32Array,
  [outputs, inputs, kernel]: readonly number[],
  direction: 'toFile' | 'toVector',
): Float32Array {
  const reordered = new Float32Array(values.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let k = 0; k < kernel; k++) {
        const inFile = (o * inputs + i) * kernel + k;
        const inVector = (o * kernel + k) * inputs + i;
        if (direction === 'toFile') reordered[inFile] = values[inVector];
        else reordered[inVector] = values[inFile];
      }
    }
  }
  return reordered;
}
