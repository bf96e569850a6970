import { describe, expect, test } from 'vitest';
import type { ModelConfig } from '../../../src/config.ts';
import { loadModel } from '../../../src/model.ts';
import { writeSafetensors } from '../../../src/rnn/safetensors.ts';
import { crossEntropy, posteriors } from '../../../src/train/loss.ts';
import { modelTensors } from '../../../src/train/model-tensors.ts';
import { TrainingNetwork } from '../../../src/train/network/network.ts';
import { initialParameters, parameterPlan, tensorsOf, vectorOf } from '../../../src/train/parameters.ts';
import { SegmentExtractor } from '../../../src/train/segment-extractor.ts';
import { worst } from '../../helpers/kernels.ts';
import { babble } from '../../helpers/sound.ts';
import { posteriorsOf } from '../../helpers/starter.ts';
import { bench, numbers, put, smallConfig } from '../helpers.ts';

const CONVOLUTIONS = [
  { channels: 8, kernel: 3, stride: 1 },
  { channels: 12, kernel: 4, stride: 2 },
];
const NETWORKS: [string, Partial<ModelConfig>][] = [
  ['Elman', { cell: 'rnn' }],
  ['LSTM', { cell: 'lstm' }],
  ['GRU', { cell: 'gru' }],
  ['convolutions and GRU', { cell: 'gru', convolutions: CONVOLUTIONS }],
  ['convolutions and LSTM', { cell: 'lstm', convolutions: CONVOLUTIONS, layers: 1 }],
  ['convolutions alone', { convolutions: CONVOLUTIONS, layers: 0 }],
  ['a dense layer alone', { layers: 0 }],
];
/** Step of the finite differences. */
const EPSILON = 3e-4;

const statistics = (config: ModelConfig) => ({
  mean: new Float32Array(config.coefficients).fill(5),
  deviation: new Float32Array(config.coefficients).fill(20),
});

async function setUp(config: ModelConfig, steps: number, rows: number) {
  const b = await bench();
  const network = new TrainingNetwork(b.kernels, b.memory, config, statistics(config), { steps, rows });
  const { floats } = parameterPlan(config);
  const vector = initialParameters(config, 3);
  // Biases that are not 0, so that a lost one shows.
  numbers(floats, 4, 0.1).forEach((value, i) => {
    vector[i] += value;
  });
  const weights = put(b, vector);
  const gradients = b.memory.floats(floats);
  return { b, network, vector, weights, gradients, floats };
}

describe.each(NETWORKS)('the gradients of a network of %s', (_, changes) => {
  test.each([undefined, { share: 0.3, seed: 99 }])('agree with finite differences, dropout %o', async (dropout) => {
    const config = smallConfig(changes);
    const [steps, rows] = [6, 3];
    const { b, network, vector, weights, gradients, floats } = await setUp(config, steps, rows);
    const targets = {
      labels: [2, 0, 1],
      weights: numbers(network.logits.steps * rows, 10).map(Math.abs),
      smoothing: 0.1,
    };
    // A second segment, which begins with the states of a first; these are constants.
    network.features.values.set(numbers(steps * rows * config.coefficients, 8, 40));
    network.forward(weights);
    network.carry([2, 0, -1]);
    const features = numbers(steps * rows * config.coefficients, 12, 40);
    const loss = (parameters: Float32Array) => {
      b.memory.view(weights, floats).set(parameters);
      network.features.values.set(features);
      network.forward(weights, dropout);
      return crossEntropy(network.logits, targets);
    };
    loss(vector);
    network.backward(gradients);
    const gradient = b.memory.view(gradients, floats).slice();
    const size = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
    // Along random directions, because single precision drowns the effect of one weight; no bend of a ReLU is near.
    for (let trial = 0; trial < 12; trial++) {
      const direction = numbers(floats, 100 + trial);
      const moved = (by: number) => loss(vector.map((w, i) => w + by * direction[i]));
      const measured = (moved(EPSILON) - moved(-EPSILON)) / (2 * EPSILON);
      const expected = gradient.reduce((sum, g, i) => sum + g * direction[i], 0);
      expect(Math.abs(measured - expected)).toBeLessThan(0.003 * size);
    }
  });
});

describe.each(NETWORKS)('a network of %s', (_, changes) => {
  const config = smallConfig(changes);

  test('says in training what the engine says live, frame by frame, from its own model file', async () => {
    const steps = 30;
    const { network, vector, weights } = await setUp(config, steps, 2);
    const model = await loadModel(writeSafetensors(modelTensors(config, vector, statistics(config))));
    const samples = [1, 2].map((seed) => babble(steps * 160 + 96, 8000, seed));
    const extractor = await SegmentExtractor.create(config, samples[0].length);
    samples.forEach((signal, row) => {
      extractor.extract(signal, network.features.values, 2, row);
    });
    network.forward(weights);
    const labels = config.labels.length;
    const stride = steps / network.logits.steps;
    const out = new Float64Array(labels);
    samples.forEach((signal, row) => {
      posteriorsOf(model, signal).forEach((live, frame) => {
        posteriors(network.logits.values, (Math.floor(frame / stride) * 2 + row) * labels, out);
        expect(worst(live, out)).toBeLessThan(1e-4);
      });
    });
  });

  test('says the same for one long segment and for two with the state carried between them', async () => {
    const [steps, rows] = [12, 2];
    const long = await setUp(config, 2 * steps, rows);
    const short = await setUp(config, steps, rows);
    const frames = numbers(2 * steps * rows * config.coefficients, 1, 40);
    long.network.features.values.set(frames);
    long.network.forward(long.weights);
    const half = frames.length / 2;
    const said: number[] = [];
    for (const part of [frames.subarray(0, half), frames.subarray(half)]) {
      short.network.carry(said.length === 0 ? [-1, -1] : [0, 1]);
      short.network.features.values.set(part);
      short.network.forward(short.weights);
      said.push(...short.network.logits.values);
    }
    expect(worst(said, long.network.logits.values)).toBeLessThan(1e-5);
  });

  test('keeps its parameters through a model file', () => {
    const vector = initialParameters(config, 5);
    const plan = parameterPlan(config);
    expect(vectorOf(plan, tensorsOf(plan, vector))).toEqual(vector);
  });
});
