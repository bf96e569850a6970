import { readFileSync } from 'node:fs';
import type { ModelConfig } from '../../src/config.ts';
import { type LoadOptions, loadModel, type Model } from '../../src/model.ts';
import { type Tensor, writeSafetensors } from '../../src/rnn/safetensors.ts';
import { GATES } from '../../src/rnn/weights.ts';
import { randomSource } from './sound.ts';

/** The model that comes with the package, as bytes. */
export const bundledModelBytes = (): Buffer =>
  readFileSync(new URL('../../models/commands.safetensors', import.meta.url));

/** The reference model, 2 x GRU-128, as PyTorch wrote it. */
export const starterModelBytes = (): Buffer =>
  readFileSync(new URL('../fixtures/starter/gru-128x2.safetensors', import.meta.url));

/** The reference model. */
export const starterModel = (options?: LoadOptions): Promise<Model> => loadModel(starterModelBytes(), options);

export type SmallConfig = Partial<Omit<ModelConfig, 'decision'>> & { decision?: Partial<ModelConfig['decision']> };

const SMALL = {
  formatVersion: 1,
  name: 'small',
  sampleRate: 8000,
  frameSamples: 256,
  hopSamples: 160,
  melBands: 20,
  coefficients: 10,
  inputGain: 32768,
  cell: 'gru',
  linearBeforeReset: true,
  hiddenSize: 12,
  layers: 2,
  labels: ['_silence_', 'yes', 'no'],
} as const;

/** The file of a small network with random weights that do something: posteriors move with the sound. */
export function smallModelBytes(changes: SmallConfig = {}, seed = 7): Uint8Array {
  const config = { ...SMALL, convolutions: [], ...changes };
  const random = randomSource(seed);
  const tensors = new Map<string, Tensor>();
  const add = (name: string, shape: number[], scale: number) => {
    const length = shape.reduce((a, b) => a * b, 1);
    tensors.set(name, { shape, values: Float32Array.from({ length }, () => scale * random()) });
  };
  const { coefficients, hiddenSize } = config;
  tensors.set('feature_mean', { shape: [coefficients], values: new Float32Array(coefficients).fill(5) });
  tensors.set('feature_std', { shape: [coefficients], values: new Float32Array(coefficients).fill(20) });
  let size: number = coefficients;
  config.convolutions.forEach(({ channels, kernel }, n) => {
    add(`conv.${n}.weight`, [channels, size, kernel], 0.4);
    add(`conv.${n}.bias`, [channels], 0.2);
    size = channels;
  });
  const rows = GATES[config.cell] * hiddenSize;
  for (let layer = 0; layer < config.layers; layer++) {
    add(`rnn.weight_ih_l${layer}`, [rows, size], 0.5);
    add(`rnn.weight_hh_l${layer}`, [rows, hiddenSize], 0.5);
    add(`rnn.bias_ih_l${layer}`, [rows], 0.2);
    add(`rnn.bias_hh_l${layer}`, [rows], 0.2);
    size = hiddenSize;
  }
  add('dense.weight', [config.labels.length, size], 2);
  add('dense.bias', [config.labels.length], 0.5);
  return writeSafetensors({ metadata: { earshot: JSON.stringify(config) }, tensors });
}

/** A small network, ready to listen. */
export const smallModel = (changes?: SmallConfig, options?: LoadOptions, seed?: number): Promise<Model> =>
  loadModel(smallModelBytes(changes, seed), options);
