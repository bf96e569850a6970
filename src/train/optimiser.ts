import type { TrainingKernels, TrainingMemory } from './kernels/kernels.js';
import { Muon, type Sharing } from './muon.js';
import type { Matrix } from './orthogonaliser.js';
import { type Parameter, type ParameterPlan, weightDecays } from './parameters.js';

export interface OptimiserOptions {
  readonly weightDecay: number;
  /** Gradients longer than this are scaled down to it. */
  readonly clipNorm: number;
  /** Decay of the weights' exponential moving average: the share of itself that it keeps at each step. */
  readonly averaging: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** All that must be kept to go on later exactly as if nothing had happened. */
export interface OptimiserState {
  readonly steps: number;
  readonly weights: Float32Array<ArrayBuffer>;
  readonly average: Float32Array<ArrayBuffer>;
  readonly first: Float32Array<ArrayBuffer>;
  /** 0 for the matrices. */
  readonly second: Float32Array<ArrayBuffer>;
}

/** The state before the first step. */
export function initialState(weights: Float32Array<ArrayBuffer>): OptimiserState {
  const zeros = () => new Float32Array(weights.length);
  return { steps: 0, weights, average: weights, first: zeros(), second: zeros() };
}

/**
 * Muon for matrices and AdamW for all other parameters, with clipped gradients and an exponential moving average of the
 * weights.
 */
export class Optimiser {
  /** Addresses of vectors of all parameters. */
  readonly weights: number;
  readonly gradients: number;
  readonly average: number;
  readonly #kernels: TrainingKernels;
  readonly #memory: TrainingMemory;
  readonly #floats: number;
  readonly #options: OptimiserOptions;
  readonly #muon: Muon;
  readonly #others: readonly Parameter[];
  readonly #first: number;
  readonly #second: number;
  readonly #decays: number;
  #steps = 0;

  /** @param matrices that together make up whole parameters */
  constructor(
    kernels: TrainingKernels,
    memory: TrainingMemory,
    plan: ParameterPlan,
    matrices: readonly Matrix[],
    options: OptimiserOptions,
  ) {
    const { floats } = plan;
    this.#kernels = kernels;
    this.#memory = memory;
    this.#floats = floats;
    this.#options = options;
    this.weights = memory.floats(floats);
    this.gradients = memory.floats(floats);
    this.average = memory.floats(floats);
    this.#first = memory.floats(floats);
    this.#second = memory.floats(floats);
    this.#decays = memory.floats(floats);
    memory.view(this.#decays, floats).set(weightDecays(plan, options.weightDecay));
    const vectors = { weights: this.weights, gradients: this.gradients, momentum: this.#first };
    this.#muon = new Muon(kernels, memory, vectors, floats, matrices);
    this.#others = plan.parameters.filter((one) => !matrices.some(({ offset }) => offset === one.offset));
  }

  get state(): OptimiserState {
    const copy = (address: number) => this.#view(address).slice() as Float32Array<ArrayBuffer>;
    return {
      steps: this.#steps,
      weights: copy(this.weights),
      average: copy(this.average),
      first: copy(this.#first),
      second: copy(this.#second),
    };
  }

  set state({ steps, weights, average, first, second }: OptimiserState) {
    this.#steps = steps;
    this.#view(this.weights).set(weights);
    this.#view(this.average).set(average);
    this.#view(this.#first).set(first);
    this.#view(this.#second).set(second);
  }

  /** The gradients, to be added up before `step`. */
  get gradientView(): Float32Array {
    return this.#view(this.gradients);
  }

  /**
   * Takes a step along the gradients. Returns their length (2-norm) before clipping.
   * @param team of workers that take the same step, to share the work of it
   */
  step(rate: number, team?: Sharing): number {
    const { clipNorm, averaging, weightDecay } = this.#options;
    const kernels = this.#kernels;
    const norm = Math.sqrt(kernels.scale(this.gradients, this.#floats, 1));
    if (norm > clipNorm) kernels.scale(this.gradients, this.#floats, clipNorm / norm);
    this.#steps++;
    const t = this.#steps;
    this.#muon.step(rate, weightDecay, team);
    for (const parameter of this.#others) this.#stepAlong(parameter, rate);
    // At first the average covers fewer steps, so that it soon forgets the random weights.
    kernels.average(this.average, this.weights, this.#floats, Math.min(averaging, (1 + t) / (10 + t)));
    return norm;
  }

  #stepAlong({ offset, length }: Parameter, rate: number): void {
    const [weights, gradients, first, second, decays] = [
      this.weights,
      this.gradients,
      this.#first,
      this.#second,
      this.#decays,
    ].map((vector) => vector + offset * 4);
    const t = this.#steps;
    this.#kernels.adamw(
      weights,
      gradients,
      first,
      second,
      length,
      BETA1,
      BETA2,
      rate / (1 - BETA1 ** t),
      1 / Math.sqrt(1 - BETA2 ** t),
      EPSILON,
      decays,
      rate,
    );
  }

  #view(address: number): Float32Array {
    return this.#memory.view(address, this.#floats);
  }
}
