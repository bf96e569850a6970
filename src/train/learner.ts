import type { ModelConfig } from '../config.js';
import type { ModelFile } from '../model-file.js';
import { Augmenter } from './augment/augmenter.js';
import { maskRow } from './augment/mask.js';
import type { TrainingData } from './data/training-data.js';
import { StatisticsCounter, segmentFrames, segmentSamples } from './frames.js';
import { TrainingMemory, trainingKernels } from './kernels/kernels.js';
import { crossEntropy, logPriorsOf, type SegmentKind, weighSteps } from './loss.js';
import { type FeatureStatistics, TrainingNetwork } from './network/network.js';
import { Optimiser } from './optimiser.js';
import { hiddenMatrices, parameterPlan } from './parameters.js';
import { Random } from './random.js';
import type { Recipe } from './recipe.js';
import { SegmentExtractor } from './segment-extractor.js';
import { Segments } from './segments.js';
import { Teacher } from './teacher.js';

export interface LearnerOptions {
  readonly config: ModelConfig;
  readonly recipe: Recipe;
  readonly data: TrainingData;
  readonly statistics: FeatureStatistics;
  readonly seed: number;
  /** Streams in this learner's part of a batch. */
  readonly rows: number;
  /** `checkTeacher` has found it fit. */
  readonly teacher?: ModelFile | undefined;
}

/** One worker's share of the work: its own memory, network and optimiser, and its rows of every batch. */
export class Learner {
  readonly optimiser: Optimiser;
  readonly network: TrainingNetwork;
  readonly extractor: SegmentExtractor;
  readonly #teacher: Teacher | undefined;
  readonly #options: LearnerOptions;
  readonly #segments: Segments;
  readonly #logPriors: readonly number[];
  readonly #augmenter: Augmenter;
  readonly #samples: Float32Array;
  readonly #sources: Int32Array;

  static async create(options: LearnerOptions): Promise<Learner> {
    const memory = new TrainingMemory();
    const kernels = await trainingKernels(memory);
    const { config, recipe, statistics, rows } = options;
    const shape = { steps: segmentFrames(config), rows };
    const network = new TrainingNetwork(kernels, memory, config, statistics, shape);
    const optimiser = new Optimiser(kernels, memory, parameterPlan(config), hiddenMatrices(config), recipe);
    const teacher = options.teacher && new Teacher(kernels, memory, options.teacher, shape);
    const extractor = await SegmentExtractor.create(config, segmentSamples(config));
    return new Learner(options, network, optimiser, extractor, teacher);
  }

  private constructor(
    options: LearnerOptions,
    network: TrainingNetwork,
    optimiser: Optimiser,
    extractor: SegmentExtractor,
    teacher: Teacher | undefined,
  ) {
    const { config, data, recipe, rows } = options;
    this.#options = options;
    this.network = network;
    this.optimiser = optimiser;
    this.extractor = extractor;
    this.#teacher = teacher;
    this.#segments = new Segments(data, recipe);
    this.#logPriors = logPriorsOf(this.#segments.draws(config.labels.length));
    this.#augmenter = new Augmenter(data, config.sampleRate, segmentSamples(config), recipe.augmentation);
    this.#samples = new Float32Array(segmentSamples(config));
    this.#sources = new Int32Array(rows);
  }

  /** Steps of an epoch; the segments of a last, incomplete batch wait for another epoch. */
  get stepsPerEpoch(): number {
    return Math.floor(this.#segments.count / this.#options.recipe.batch);
  }

  /** The order of all segments in an epoch. */
  order(epoch: number): Int32Array {
    return this.#segments.order(this.#options.seed, epoch);
  }

  /**
   * Leaves in the optimiser the gradients of some segments' mean loss over the whole batch, and returns the sum of
   * their losses.
   * @param indices segments, one a row
   * @param step of the epoch; the first begins with fresh states
   * @param firstRow place of row 0 in the whole batch
   */
  accumulate(indices: Int32Array, epoch: number, step: number, firstRow: number): number {
    const { seed, recipe, rows } = this.#options;
    const { network, optimiser } = this;
    const { labels, kinds } = this.#prepare(indices, epoch, step, firstRow);
    const taught = this.#teacher && { logits: this.#teacher.hear(network.features.values), share: recipe.teacherShare };
    network.forward(optimiser.weights, {
      share: recipe.dropout,
      seed: new Random(seed, epoch, step, firstRow, DROPOUT).bits(),
    });
    const weights = new Float32Array(network.logits.steps * rows);
    kinds.forEach((kind, row) => {
      weighSteps(kind, network.logits, row, weights);
    });
    for (let i = 0; i < weights.length; i++) weights[i] /= recipe.batch;
    const targets = { labels, weights, smoothing: recipe.labelSmoothing, logPriors: this.#logPriors, taught };
    const loss = crossEntropy(network.logits, targets);
    optimiser.gradientView.fill(0);
    network.backward(optimiser.gradients);
    return loss * recipe.batch;
  }

  #prepare(indices: Int32Array, epoch: number, step: number, firstRow: number) {
    const { seed, rows, recipe, statistics } = this.#options;
    const { features } = this.network;
    const { values } = features;
    this.#carry(epoch, step, firstRow);
    const labels = new Int32Array(rows);
    const kinds: SegmentKind[] = [];
    for (let row = 0; row < rows; row++) {
      const random = new Random(seed, epoch, step, firstRow + row);
      const { kind, label, span } = this.#segments.at(indices[row], random);
      this.#augmenter.segment(kind, span, random, this.#samples);
      this.extractor.extract(this.#samples, values, rows, row);
      if (random.chance(recipe.augmentation.maskShare)) maskRow(features, values, row, statistics.mean, random);
      labels[row] = label;
      kinds.push(kind);
    }
    return { labels, kinds };
  }

  /** To be done before the features of the last batch, which are history too, are overwritten. */
  #carry(epoch: number, step: number, firstRow: number): void {
    const { seed, rows, recipe } = this.#options;
    const random = new Random(seed, epoch, step, firstRow, CARRY);
    for (let row = 0; row < rows; row++) {
      const isCarried = random.chance(recipe.carriedShare) && step > 0;
      this.#sources[row] = isCarried ? random.below(rows) : -1;
    }
    this.network.carry(this.#sources);
    this.#teacher?.carry(this.#sources);
  }
}

/** Names of random numbers, apart from those of the rows. */
const DROPOUT = -2;
const CARRY = -3;

/** Segments that the features' mean and deviation are taken over. */
const STATISTICS_SEGMENTS = 2000;

/** Mean and deviation of the features that a recipe makes of some data. */
export async function featureStatistics(
  data: TrainingData,
  config: ModelConfig,
  recipe: Recipe,
  seed: number,
): Promise<FeatureStatistics> {
  const segments = new Segments(data, recipe);
  const order = segments.order(seed, -1);
  const samples = new Float32Array(segmentSamples(config));
  const augmenter = new Augmenter(data, config.sampleRate, samples.length, recipe.augmentation);
  const extractor = await SegmentExtractor.create(config, samples.length);
  const counter = new StatisticsCounter(config.coefficients);
  const frames = new Float32Array(segmentFrames(config) * config.coefficients);
  order.subarray(0, STATISTICS_SEGMENTS).forEach((index, n) => {
    const random = new Random(seed, -1, n);
    const { kind, span } = segments.at(index, random);
    augmenter.segment(kind, span, random, samples);
    extractor.extract(samples, frames, 1, 0);
    counter.add(frames);
  });
  return counter.statistics;
}
