import type { TrainingKernels, TrainingMemory } from '../kernels/kernels.js';
import { Affine, type AffineParameters } from './affine.js';
import type { Layer } from './layer.js';
import { Signal } from './signal.js';

export interface RecurrentParameters {
  /** W and its bias, gates stacked in PyTorch's order. */
  readonly input: AffineParameters;
  /** U and its bias. */
  readonly hidden: AffineParameters;
  /** Whether the source wants its gradients. */
  readonly passesGradient: boolean;
}

/** Rows over time that W x and its gradients are one product over: a block of the common dimension in the kernels. */
const ROWS_AT_ONCE = 384;

/**
 * A recurrent layer over whole segments, truncated back-propagation through time. What a step needs is computed shortly
 * before it, and the gradients of W, U and x are products over some steps just gone by, so that all of it is in the cache.
 * A cell says what its gates make of W x + b and U h + b, and back.
 */
export abstract class RecurrentTraining implements Layer {
  /** Hidden states; the state before the first step is history. */
  readonly output: Signal;
  /** Looks at the whole gradient of the hidden states at a step, [rows][hidden], while `backward` passes there. */
  onStateGradient: ((t: number, gradient: Float32Array) => void) | undefined;
  protected readonly kernels: TrainingKernels;
  protected readonly memory: TrainingMemory;
  /** Address of W x + b at a step, then of the gates, then of their gradients; [rows][gates · hidden]. */
  readonly #inputProducts: Signal;
  readonly #hiddenProducts: Signal;
  readonly #source: Signal;
  readonly #input: Affine;
  readonly #hidden: Affine;
  readonly #passesGradient: boolean;
  readonly #stateGradient: number;
  /** Steps whose inputs are taken together, forward and backward. */
  readonly #stepsAtOnce: number;

  constructor(kernels: TrainingKernels, memory: TrainingMemory, source: Signal, parameters: RecurrentParameters) {
    const { steps, rows } = source;
    const { input, hidden, passesGradient } = parameters;
    this.kernels = kernels;
    this.memory = memory;
    this.#source = source;
    this.#passesGradient = passesGradient;
    this.#stepsAtOnce = Math.max(1, Math.min(steps, Math.floor(ROWS_AT_ONCE / rows)));
    this.#input = new Affine(kernels, memory, input, this.#stepsAtOnce * rows);
    this.#hidden = new Affine(kernels, memory, hidden, this.#stepsAtOnce * rows);
    this.#inputProducts = new Signal(memory, source, input.outputs);
    this.#hiddenProducts = new Signal(memory, source, hidden.outputs);
    this.output = new Signal(memory, source, hidden.inputs, 1);
    this.#stateGradient = memory.floats(rows * hidden.inputs);
  }

  forward(weights: number): void {
    const { steps, rows } = this.output;
    this.#input.packForward(weights);
    this.#hidden.packForward(weights);
    for (let t = 0; t < steps; t++) {
      const x = this.#inputProducts.value(t);
      const u = this.#hiddenProducts.value(t);
      if (t % this.#stepsAtOnce === 0) this.#input.apply(this.#source.value(t), x, this.#rowsFrom(t));
      this.#hidden.apply(this.output.value(t - 1), u, rows);
      this.stepForward(t, x, u);
    }
  }

  backward(gradients: number): void {
    const { output } = this;
    const { steps, rows } = output;
    this.#input.packBackward();
    this.#hidden.packBackward();
    this.stateGradient.fill(0);
    this.clearCellGradient();
    for (let t = steps - 1; t >= 0; t--) {
      this.kernels.add(this.#stateGradient, output.gradient(t), rows * output.size);
      this.onStateGradient?.(t, this.stateGradient);
      const x = this.#inputProducts.value(t);
      const u = this.#hiddenProducts.value(t);
      this.stepBackward(t, x, u, this.#stateGradient);
      this.#hidden.backward(this.hiddenGradient(x, u), this.#stateGradient, rows, 1);
      if (t % this.#stepsAtOnce === 0) this.#addGradients(gradients, t);
    }
  }

  /** Those of the source and of the parameters, of the steps from `t` on that are taken together. */
  #addGradients(gradients: number, t: number): void {
    const count = this.#rowsFrom(t);
    const x = this.#inputProducts.value(t);
    const u = this.hiddenGradient(x, this.#hiddenProducts.value(t));
    if (this.#passesGradient) this.#input.backward(x, this.#source.gradient(t), count, 0);
    this.#input.addParameterGradients(gradients, this.#source.value(t), x, count);
    this.#hidden.addParameterGradients(gradients, this.output.value(t - 1), u, count);
  }

  /** Rows of the steps from `t` on that are taken together. */
  #rowsFrom(t: number): number {
    const { steps, rows } = this.output;
    return Math.min(this.#stepsAtOnce, steps - t) * rows;
  }

  carry(sources: ArrayLike<number>): void {
    this.output.carry(sources);
  }

  /** Gradient of the hidden state before the first step, [rows][hidden]. */
  get stateGradient(): Float32Array {
    return this.memory.view(this.#stateGradient, this.output.rows * this.output.size);
  }

  /** The new hidden states, from x = W x + b and u = U h + b. */
  protected abstract stepForward(t: number, x: number, u: number): void;

  /** Gradients of x and u in their place; dh, the gradient of h, becomes what goes back beside u. */
  protected abstract stepBackward(t: number, x: number, u: number, dh: number): void;

  /** Where the gradient of U h + b stands: in most cells it is the same as that of W x + b. */
  protected hiddenGradient(x: number, _u: number): number {
    return x;
  }

  protected clearCellGradient(): void {}
}

/** As src/rnn/elman.ts. */
export class ElmanTraining extends RecurrentTraining {
  protected override stepForward(t: number, x: number, u: number): void {
    const { rows, size } = this.output;
    this.kernels.elmanForward(rows, size, x, u, this.output.value(t));
  }

  protected override stepBackward(t: number, x: number, _u: number, dh: number): void {
    const { rows, size } = this.output;
    this.kernels.elmanBackward(rows, size, x, this.output.value(t), dh);
  }
}

/** As `GruLayer` in src/rnn/gru.ts, linear before reset. */
export class GruTraining extends RecurrentTraining {
  protected override stepForward(t: number, x: number, u: number): void {
    const { rows, size } = this.output;
    this.kernels.gruForward(rows, size, x, u, this.output.value(t - 1), this.output.value(t));
  }

  protected override stepBackward(t: number, x: number, u: number, dh: number): void {
    const { rows, size } = this.output;
    this.kernels.gruBackward(rows, size, x, u, this.output.value(t - 1), dh);
  }

  /** The candidate's share of u is multiplied by the reset gate, so that u has a gradient of its own. */
  protected override hiddenGradient(_x: number, u: number): number {
    return u;
  }
}

/** As src/rnn/lstm.ts. */
export class LstmTraining extends RecurrentTraining {
  /** Cell states; the one before the first step is history. */
  readonly cells: Signal;
  readonly #cellGradient: number;

  constructor(kernels: TrainingKernels, memory: TrainingMemory, source: Signal, parameters: RecurrentParameters) {
    super(kernels, memory, source, parameters);
    const { rows, size } = this.output;
    this.cells = new Signal(memory, source, size, 1);
    this.#cellGradient = memory.floats(rows * size);
  }

  override carry(sources: ArrayLike<number>): void {
    super.carry(sources);
    this.cells.carry(sources);
  }

  /** Gradient of the cell state before the first step, [rows][hidden]. */
  get cellGradient(): Float32Array {
    return this.memory.view(this.#cellGradient, this.output.rows * this.output.size);
  }

  protected override stepForward(t: number, x: number, u: number): void {
    const { rows, size } = this.output;
    this.kernels.lstmForward(rows, size, x, u, this.cells.value(t - 1), this.cells.value(t), this.output.value(t));
  }

  protected override stepBackward(t: number, x: number, _u: number, dh: number): void {
    const { rows, size } = this.output;
    this.kernels.lstmBackward(rows, size, x, this.cells.value(t - 1), this.cells.value(t), dh, this.#cellGradient);
  }

  protected override clearCellGradient(): void {
    this.cellGradient.fill(0);
  }
}
