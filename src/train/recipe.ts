import {
  type ConvolutionConfig,
  FORMAT_VERSION,
  type ModelConfig,
  type ModelParameters,
  parseModelConfig,
} from '../config.js';
import type { Augmentation } from './augment/augmenter.js';

/** Everything that decides what a training run does, beside the data and the labels. */
export interface Recipe {
  readonly cell: ModelConfig['cell'];
  readonly hiddenSize: number;
  readonly layers: number;
  readonly convolutions: readonly ConvolutionConfig[];
  readonly coefficients: number;
  /** Frames at a clip's end whose mean posterior labels it. */
  readonly clipFrames: number;
  /** Of detections, for every keyword. */
  readonly threshold: number;
  readonly epochs: number;
  /** Segments of one step, over all workers. */
  readonly batch: number;
  readonly peakRate: number;
  /** Share of all steps in which the learning rate goes up. */
  readonly warmUp: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  /** Decay of the weights' exponential moving average: the share of itself that it keeps at each step. */
  readonly averaging: number;
  readonly dropout: number;
  readonly labelSmoothing: number;
  /** Share of a teacher's beliefs in what words and silence are told to be. */
  readonly teacherShare: number;
  /** Share of segments that begin in the state in which a random segment of the last batch ended. */
  readonly carriedShare: number;
  /** Segments of noise, of running speech, and of words run together, for each recording of a word. */
  readonly silenceShare: number;
  readonly speechShare: number;
  readonly runOnShare: number;
  readonly augmentation: Augmentation;
}

const COMMANDS: Recipe = {
  cell: 'gru',
  hiddenSize: 192,
  layers: 2,
  convolutions: [
    { channels: 96, kernel: 3, stride: 1 },
    { channels: 128, kernel: 4, stride: 2 },
  ],
  coefficients: 20,
  clipFrames: 8,
  threshold: 0.9,
  epochs: 60,
  batch: 128,
  peakRate: 3e-3,
  warmUp: 0.12,
  weightDecay: 0.05,
  clipNorm: 2,
  averaging: 0.999,
  dropout: 0.1,
  labelSmoothing: 0.05,
  teacherShare: 0.7,
  carriedShare: 0.6,
  silenceShare: 0.11,
  speechShare: 0.1,
  runOnShare: 0.08,
  augmentation: {
    shiftS: 0.1,
    speed: 0.12,
    gainDb: [-13, 5],
    noiseShare: 0.5,
    noiseSnrDb: [3, 36],
    talkShare: 0.06,
    talkSnrDb: [8, 30],
    gateShare: 0.3,
    tiltShare: 0.5,
    roomShare: 0.15,
    lineShare: 0.15,
    floorShare: 0.7,
    floorDb: [-95, -60],
    silencePeakDb: [-95, 0],
    maskShare: 0.5,
  },
};

/** Recipes by name. docs/training.md says what each is for. */
export const PRESETS = {
  /** The default model: 465,000 parameters, 234,000 multiply-adds a frame of 20 ms. */
  commands: COMMANDS,
  /** For pages: under 100,000 bytes. */
  small: {
    ...COMMANDS,
    convolutions: [
      { channels: 64, kernel: 3, stride: 1 },
      { channels: 96, kernel: 4, stride: 2 },
    ],
    hiddenSize: 96,
    layers: 1,
    threshold: 0.87,
    epochs: 36,
    peakRate: 4e-3,
    dropout: 0.05,
    augmentation: { ...COMMANDS.augmentation, maskShare: 0 },
  },
  /** 2 x GRU-128 on the MFCCs of every frame, without convolutions: 158,000 parameters. */
  plain: { ...COMMANDS, convolutions: [], hiddenSize: 128, clipFrames: 6 },
} as const satisfies Record<string, Recipe>;

export type PresetName = keyof typeof PRESETS;

/**
 * The parameters of the model that a recipe makes.
 * @param about what the model's file says of it
 * @throws EarshotError EARSHOT_BAD_ARGUMENT where a model cannot be what the recipe says
 */
export function modelConfigOf(
  recipe: Recipe,
  labels: readonly string[],
  about: Pick<ModelParameters, 'name' | 'licence' | 'trainingData'> = {},
): ModelConfig {
  const { cell, hiddenSize, layers, convolutions, coefficients, clipFrames, threshold } = recipe;
  const parameters: ModelParameters = {
    ...about,
    formatVersion: FORMAT_VERSION,
    sampleRate: 8000,
    frameSamples: 256,
    hopSamples: 160,
    melBands: 40,
    coefficients,
    inputGain: 32768,
    convolutions: [...convolutions],
    cell,
    hiddenSize,
    layers,
    labels: [...labels],
    decision: { clipFrames, smoothingFrames: 2 * clipFrames, sustainedFrames: 3 * clipFrames, threshold },
  };
  return parseModelConfig(parameters, 'EARSHOT_BAD_ARGUMENT');
}
