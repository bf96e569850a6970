import type { TrainingKernels, TrainingMemory } from '../kernels/kernels.js';
import { Affine, type AffineParameters } from './affine.js';
import type { Layer } from './layer.js';
import { Signal } from './signal.js';

export interface ConvolutionShape {
  readonly kernel: number;
  readonly stride: number;
  /** Blocks of history that the next layer wants of the output. */
  readonly outputHistory: number;
  /** Whether the source wants its gradients. */
  readonly passesGradient: boolean;
}

/**
 * Causal convolution over time with ReLU, as src/rnn/convolution.ts: an affine map of the last `kernel` inputs at every
 * `stride`-th step from the first on. Its source holds `kernel` - 1 blocks of history.
 */
export class ConvolutionTraining implements Layer {
  readonly output: Signal;
  readonly #kernels: TrainingKernels;
  readonly #source: Signal;
  readonly #affine: Affine;
  readonly #columns: number;
  readonly #columnGradients: number;
  readonly #shape: ConvolutionShape;

  constructor(
    kernels: TrainingKernels,
    memory: TrainingMemory,
    source: Signal,
    parameters: AffineParameters,
    shape: ConvolutionShape,
  ) {
    const steps = source.steps / shape.stride;
    const { rows } = source;
    this.#kernels = kernels;
    this.#source = source;
    this.#shape = shape;
    this.#affine = new Affine(kernels, memory, parameters, steps * rows);
    this.#columns = memory.floats(steps * rows * parameters.inputs);
    this.#columnGradients = shape.passesGradient ? memory.floats(steps * rows * parameters.inputs) : 0;
    this.output = new Signal(memory, { steps, rows }, parameters.outputs, shape.outputHistory);
  }

  forward(weights: number): void {
    const { output } = this;
    this.#affine.packForward(weights);
    this.#unfolding('unfold', this.#source.value(1 - this.#shape.kernel), this.#columns);
    this.#affine.apply(this.#columns, output.value(), output.steps * output.rows);
    this.#kernels.relu(output.value(), output.steps * output.rows * output.size);
  }

  backward(gradients: number): void {
    const { output } = this;
    const count = output.steps * output.rows;
    this.#kernels.reluBackward(output.gradient(), output.value(), count * output.size);
    this.#affine.addParameterGradients(gradients, this.#columns, output.gradient(), count);
    if (!this.#shape.passesGradient) return;
    this.#affine.packBackward();
    this.#affine.backward(output.gradient(), this.#columnGradients, count, 0);
    this.#source.clearGradients();
    this.#unfolding('fold', this.#source.gradient(1 - this.#shape.kernel), this.#columnGradients);
  }

  carry(sources: ArrayLike<number>): void {
    this.#source.carry(sources);
  }

  #unfolding(direction: 'unfold' | 'fold', inputs: number, columns: number): void {
    const { steps, rows } = this.output;
    const { kernel, stride } = this.#shape;
    this.#kernels[direction](inputs, columns, steps, rows, kernel, stride, this.#source.size);
  }
}
