import type { ModelConfig } from '../../config.js';
import { unexpected } from '../../errors.js';
import { timeStride } from '../frames.js';
import type { TrainingKernels, TrainingMemory } from '../kernels/kernels.js';
import { findParameter, type ParameterPlan, parameterPlan } from '../parameters.js';
import { Affine, type AffineParameters } from './affine.js';
import { ConvolutionTraining } from './convolution.js';
import type { Layer } from './layer.js';
import { ElmanTraining, GruTraining, LstmTraining } from './recurrent.js';
import { type BatchShape, Signal } from './signal.js';

/** Mean and standard deviation of each feature. */
export interface FeatureStatistics {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Sets a share of the last layer's outputs to zero, which ones by the seed. */
export interface Dropout {
  readonly share: number;
  readonly seed: number;
}

/**
 * The network of src/rnn/network.ts over batches of segments, with gradients: what it computes step by step for a
 * stream, this computes for whole segments of many streams.
 */
export class TrainingNetwork {
  /** Receives the MFCCs of every frame; `forward` normalises them in place. */
  readonly features: Signal;
  /** Log posteriors up to a constant, one block a step of the recurrent layers. */
  readonly logits: Signal;
  readonly layers: readonly Layer[];
  readonly #kernels: TrainingKernels;
  readonly #mean: number;
  readonly #deviation: number;
  readonly #dense: Affine;
  readonly #dropped: Signal;
  #dropout: Dropout | undefined;

  /** @throws EarshotError EARSHOT_BAD_ARGUMENT as `checkTrainable`; Error where the strides do not divide the steps */
  constructor(
    kernels: TrainingKernels,
    memory: TrainingMemory,
    config: ModelConfig,
    statistics: FeatureStatistics,
    shape: BatchShape,
  ) {
    checkTrainable(config);
    checkSteps(config, shape);
    const plan = parameterPlan(config);
    const { convolutions, coefficients } = config;
    const history = (n: number) => (n < convolutions.length ? convolutions[n].kernel - 1 : 0);
    this.#kernels = kernels;
    this.features = new Signal(memory, shape, coefficients, history(0));
    this.#mean = memory.floats(coefficients);
    this.#deviation = memory.floats(coefficients);
    const layers: Layer[] = [];
    const last = () => layers.at(-1)?.output ?? this.features;
    convolutions.forEach(({ channels, kernel, stride }, n) => {
      const parameters = affine(plan, `conv.${n}.weight`, `conv.${n}.bias`, channels, kernel * last().size);
      const convolution = { kernel, stride, outputHistory: history(n + 1), passesGradient: n > 0 };
      layers.push(new ConvolutionTraining(kernels, memory, last(), parameters, convolution));
    });
    const Cell = { rnn: ElmanTraining, gru: GruTraining, lstm: LstmTraining }[config.cell];
    for (let n = 0; n < config.layers; n++) {
      const rows = findParameter(plan, `rnn.weight_hh_l${n}`).shape[0];
      const part = (name: 'ih' | 'hh', inputs: number) =>
        affine(plan, `rnn.weight_${name}_l${n}`, `rnn.bias_${name}_l${n}`, rows, inputs);
      const passesGradient = last() !== this.features;
      const parameters = { input: part('ih', last().size), hidden: part('hh', config.hiddenSize), passesGradient };
      layers.push(new Cell(kernels, memory, last(), parameters));
    }
    const { steps, rows, size } = last();
    const dense = affine(plan, 'dense.weight', 'dense.bias', config.labels.length, size);
    this.#dropped = new Signal(memory, { steps, rows }, size);
    this.#dense = new Affine(kernels, memory, dense, steps * rows);
    this.logits = new Signal(memory, { steps, rows }, config.labels.length);
    this.layers = layers;
    memory.view(this.#mean, coefficients).set(statistics.mean);
    memory.view(this.#deviation, coefficients).set(statistics.deviation);
  }

  /** Starts row r in the state in which row sources[r] ended the last segment; in a fresh one where that is negative. */
  carry(sources: ArrayLike<number>): void {
    for (const layer of this.layers) layer.carry(sources);
  }

  /** From features to logits, with the parameters at an address. */
  forward(weights: number, dropout?: Dropout): void {
    const { features, logits } = this;
    const count = logits.steps * logits.rows;
    this.#kernels.normalise(
      features.value(),
      this.#mean,
      this.#deviation,
      features.steps * features.rows,
      features.size,
    );
    for (const layer of this.layers) layer.forward(weights);
    this.#dropout = dropout;
    this.#dropped.values.set(this.#last.values);
    this.#drop(this.#dropped.value());
    this.#dense.packForward(weights);
    this.#dense.apply(this.#dropped.value(), logits.value(), count);
  }

  /** With the logits' gradients there: adds the parameters' gradients to those at an address. */
  backward(gradients: number): void {
    const { logits } = this;
    const count = logits.steps * logits.rows;
    this.#dense.packBackward();
    this.#dense.addParameterGradients(gradients, this.#dropped.value(), logits.gradient(), count);
    this.#dense.backward(logits.gradient(), this.#last.gradient(), count, 0);
    this.#drop(this.#last.gradient());
    for (const layer of this.layers.toReversed()) layer.backward(gradients);
  }

  get #last(): Signal {
    return this.layers.at(-1)?.output ?? this.features;
  }

  #drop(x: number): void {
    if (!this.#dropout) return;
    const { share, seed } = this.#dropout;
    const { steps, rows, size } = this.#dropped;
    this.#kernels.dropout(x, steps * rows * size, seed, Math.round(share * 2 ** 32), 1 / (1 - share));
  }
}

function affine(plan: ParameterPlan, weight: string, bias: string, outputs: number, inputs: number): AffineParameters {
  const offset = (name: string) => findParameter(plan, name).offset * 4;
  return { weight: offset(weight), bias: offset(bias), outputs, inputs };
}

function checkSteps(config: ModelConfig, { steps }: BatchShape): void {
  const stride = timeStride(config);
  if (steps % stride !== 0) throw new Error(`${steps} steps are no multiple of the strides' product, ${stride}`);
}

/** @throws EarshotError EARSHOT_BAD_ARGUMENT where the kernels of training cannot compute a network */
export function checkTrainable({ cell, linearBeforeReset, convolutions, hiddenSize }: ModelConfig): void {
  const odd = [...convolutions.map(({ channels }) => channels), hiddenSize].find((size) => size % 4 !== 0);
  if (odd !== undefined) {
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'hidden units and channels', 'multiples of 4 for training', odd);
  }
  if (cell === 'gru' && !linearBeforeReset) {
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'linearBeforeReset', 'true for training', linearBeforeReset);
  }
}
