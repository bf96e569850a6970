import type { ModelConfig } from '../config.js';
import type { ModelFile } from '../model-file.js';
import { timeStride } from './frames.js';
import { checkFrontEnd, checkSame } from './front-end-match.js';
import type { TrainingKernels, TrainingMemory } from './kernels/kernels.js';
import { parametersOf } from './model-parameters.js';
import { checkTrainable, TrainingNetwork } from './network/network.js';
import type { BatchShape } from './network/signal.js';

/**
 * A trained network that hears what a learner hears, so that the learner is told its beliefs beside the labels
 * (distillation; Hinton et al. 2015, https://arxiv.org/abs/1503.02531).
 */
export class Teacher {
  readonly #network: TrainingNetwork;
  readonly #weights: number;

  constructor(kernels: TrainingKernels, memory: TrainingMemory, model: ModelFile, shape: BatchShape) {
    const { parameters, statistics } = parametersOf(model);
    this.#network = new TrainingNetwork(kernels, memory, model.config, statistics, shape);
    this.#weights = memory.floats(parameters.length);
    memory.view(this.#weights, parameters.length).set(parameters);
  }

  /** As `TrainingNetwork.carry`. */
  carry(sources: ArrayLike<number>): void {
    this.#network.carry(sources);
  }

  /**
   * @param features MFCCs, [frames][rows][coefficients]
   * @returns logits, [steps][rows][labels]; a view that the next batch overwrites
   */
  hear(features: Float32Array): Float32Array {
    this.#network.features.values.set(features);
    this.#network.forward(this.#weights);
    return this.#network.logits.values;
  }
}

/** @throws EarshotError EARSHOT_BAD_ARGUMENT where a model cannot teach: no such network, other features, steps or labels */
export function checkTeacher({ config: teacher }: ModelFile, learner: ModelConfig): void {
  checkTrainable(teacher);
  checkFrontEnd('the teacher', teacher, learner);
  checkSame("the teacher's coefficients", teacher.coefficients, learner.coefficients);
  checkSame("the teacher's frames a step", timeStride(teacher), timeStride(learner));
  checkSame("the teacher's labels", teacher.labels.join(', '), learner.labels.join(', '));
}
