import type { ModelConfig } from '../../src/config.ts';
import { parseModelConfig } from '../../src/config.ts';
import { type TrainingKernels, TrainingMemory, trainingKernels } from '../../src/train/kernels/kernels.ts';
import { canFuse } from '../../src/train/kernels/v8.ts';
import { randomSource } from '../helpers/sound.ts';

export interface Bench {
  memory: TrainingMemory;
  kernels: TrainingKernels;
}

/** The kinds of kernels that run here, for `bench`. */
export const FUSED = canFuse() ? [false, true] : [false];

/** @param isFused as of `trainingKernels` */
export async function bench(isFused?: boolean): Promise<Bench> {
  const memory = new TrainingMemory();
  return { memory, kernels: await trainingKernels(memory, isFused) };
}

/** Copies values into newly reserved memory; returns their address. */
export function put({ memory }: Bench, values: ArrayLike<number>): number {
  const address = memory.floats(values.length);
  memory.view(address, values.length).set(values);
  return address;
}

export const take = ({ memory }: Bench, address: number, count: number): Float32Array =>
  memory.view(address, count).slice();

/** Numbers in [-scale, scale). */
export function numbers(count: number, seed: number, scale = 1): Float32Array {
  const random = randomSource(seed);
  return Float32Array.from({ length: count }, () => scale * random());
}

/** A network small enough for a test, with the parameters of our front end. */
export const smallConfig = (changes: Partial<ModelConfig> = {}): ModelConfig =>
  parseModelConfig({
    sampleRate: 8000,
    frameSamples: 256,
    hopSamples: 160,
    melBands: 20,
    coefficients: 10,
    inputGain: 32768,
    cell: 'gru',
    hiddenSize: 12,
    layers: 2,
    labels: ['_silence_', '_unknown_', 'yes'],
    ...changes,
  });
