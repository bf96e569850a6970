import type { DecisionConfig, ModelConfig } from './config.js';
import type { Model } from './model.js';
import { GATES } from './rnn/weights.js';

/** One layer of a network. */
export interface LayerInfo {
  /** What it is and its place, counted from 1: "convolution 1", "gru 2", "dense". */
  name: string;
  /** Numbers that come in and go out at each of its steps. */
  inputs: number;
  outputs: number;
  /** Weights and biases. */
  parameters: number;
  /** The layer takes a step at every so many frames: the product of the strides up to it. */
  everyFrames: number;
  /** Of one of its steps. */
  multiplyAdds: number;
}

/** What there is to know about a model. */
export interface ModelInfo {
  name: string;
  formatVersion: number;
  /** CRC-32 of the file, eight hexadecimal digits. */
  fingerprint: string;
  /** Trained numbers. */
  parameters: number;
  /** In the order of the posteriors. */
  labels: readonly string[];
  frontEnd: {
    /** Hertz. Audio at another rate is resampled. */
    sampleRate: number;
    frameSamples: number;
    hopSamples: number;
    frameMilliseconds: number;
    hopMilliseconds: number;
    melBands: number;
    coefficients: number;
    inputGain: number;
  };
  layers: LayerInfo[];
  /** Products of weights with inputs, on average where convolutions have strides. The front end is not in it. */
  multiplyAddsPerFrame: number;
  multiplyAddsPerSecond: number;
  /** What one stream at the model's own rate remembers, as a snapshot holds it: state and header. */
  snapshotBytes: number;
  decision: DecisionConfig;
  licence: string;
  trainingData: string;
}

/** Describes a model. Opens a stream of it for a moment to see what one takes. */
export function modelInfo(model: Model): ModelInfo {
  const { config } = model;
  const { sampleRate, frameSamples, hopSamples, melBands, coefficients, inputGain } = config;
  const layers = networkLayers(config);
  const multiplyAddsPerFrame = layers.reduce((sum, layer) => sum + layer.multiplyAdds / layer.everyFrames, 0);
  return {
    name: config.name,
    formatVersion: config.formatVersion,
    fingerprint: model.fingerprint.toString(16).padStart(8, '0'),
    parameters: model.parameters,
    labels: config.labels,
    frontEnd: {
      sampleRate,
      frameSamples,
      hopSamples,
      frameMilliseconds: (1000 * frameSamples) / sampleRate,
      hopMilliseconds: (1000 * hopSamples) / sampleRate,
      melBands,
      coefficients,
      inputGain,
    },
    layers,
    multiplyAddsPerFrame,
    multiplyAddsPerSecond: (multiplyAddsPerFrame * sampleRate) / hopSamples,
    snapshotBytes: snapshotBytes(model),
    decision: config.decision,
    licence: config.licence,
    trainingData: config.trainingData,
  };
}

function networkLayers(config: ModelConfig): LayerInfo[] {
  const { cell, hiddenSize, labels } = config;
  const layers: LayerInfo[] = [];
  let inputs = config.coefficients;
  let everyFrames = 1;
  config.convolutions.forEach(({ channels, kernel, stride }, n) => {
    everyFrames *= stride;
    const multiplyAdds = channels * kernel * inputs;
    const parameters = multiplyAdds + channels;
    const name = `convolution ${n + 1}`;
    layers.push({ name, inputs: kernel * inputs, outputs: channels, parameters, everyFrames, multiplyAdds });
    inputs = channels;
  });
  const rows = GATES[cell] * hiddenSize;
  for (let n = 1; n <= config.layers; n++) {
    const multiplyAdds = rows * (inputs + hiddenSize);
    // A bias for the input and another for the hidden state, as in PyTorch.
    const parameters = multiplyAdds + 2 * rows;
    layers.push({ name: `${cell} ${n}`, inputs, outputs: hiddenSize, parameters, everyFrames, multiplyAdds });
    inputs = hiddenSize;
  }
  const multiplyAdds = labels.length * inputs;
  const parameters = multiplyAdds + labels.length;
  layers.push({ name: 'dense', inputs, outputs: labels.length, parameters, everyFrames, multiplyAdds });
  return layers;
}

function snapshotBytes(model: Model): number {
  const spotter = model.spotter();
  try {
    return spotter.snapshot().length;
  } finally {
    spotter.dispose();
  }
}
