import { describe, expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config.ts';
import { readModelFile } from '../../src/model-file.ts';
import { quantise } from '../../src/rnn/quantise.ts';
import { readSafetensors, writeSafetensors } from '../../src/rnn/safetensors.ts';
import { modelTensors } from '../../src/train/model-tensors.ts';
import { findParameter, initialParameters, parameterPlan } from '../../src/train/parameters.ts';
import { PRESETS } from '../../src/train/recipe.ts';
import { recipeFrom, startFrom } from '../../src/train/start-from.ts';
import { smallConfig } from './helpers.ts';

describe('going on from a model', () => {
  const config = smallConfig();
  const known = initialParameters(config, 1);
  const statistics = { mean: new Float32Array(10).fill(3), deviation: new Float32Array(10).fill(2) };
  const bytes = writeSafetensors(modelTensors(config, known, statistics));

  test('of the same labels begins with all of its weights and its statistics', () => {
    expect(startFrom(readModelFile(bytes), config, 7)).toEqual({ parameters: known, statistics });
  });

  test('takes over the outputs of labels that both know, and begins anew with the others', () => {
    const other = smallConfig({ labels: ['_silence_', '_unknown_', 'jarvis', 'yes'] });
    const { parameters } = startFrom(readModelFile(bytes), other, 7);
    const rows = (vector: Float32Array, of: typeof config, row: number) => {
      const { offset } = findParameter(parameterPlan(of), 'dense.weight');
      return [...vector.subarray(offset + row * 12, offset + (row + 1) * 12)];
    };
    expect(rows(parameters, other, 3)).toEqual(rows(known, config, 2));
    expect(rows(parameters, other, 0)).toEqual(rows(known, config, 0));
    expect(rows(parameters, other, 2)).toEqual(rows(initialParameters(other, 7), other, 2));
  });

  test('takes over outputs of a network without recurrent layers too, which are as wide as its last convolution', () => {
    const flat = smallConfig({ layers: 0, convolutions: [{ channels: 8, kernel: 3, stride: 1 }] });
    const weights = initialParameters(flat, 1);
    const model = readModelFile(writeSafetensors(modelTensors(flat, weights, statistics)));
    expect(startFrom(model, flat, 7).parameters).toEqual(weights);
  });

  test.each([
    ['sampleRate', 16_000],
    ['inputGain', 1],
    ['hopSamples', 80],
  ])('refuses a model whose %s is another', (key, value) => {
    const other = { ...config, [key]: value };
    expect(() => startFrom(readModelFile(bytes), other, 7)).toThrow(
      expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT' }),
    );
  });

  test.each<[string, Partial<ModelConfig>, string]>([
    [
      'more units',
      { hiddenSize: 16 },
      'rnn.weight_ih_l0 of shape [36,10], as the model to go on from has, got [48,10]',
    ],
    ['another cell', { cell: 'rnn' }, 'rnn.weight_ih_l0 of shape [36,10], as the model to go on from has, got [12,10]'],
    ['fewer layers', { layers: 1 }, 'rnn.weight_ih_l1 of shape [36,12], as the model to go on from has, got none'],
    ['more layers', { layers: 3 }, 'rnn.weight_ih_l2 of shape none, as the model to go on from has, got [36,12]'],
    ['other features', { coefficients: 13 }, 'rnn.weight_ih_l0 of shape [36,10]'],
  ])('refuses a recipe with %s', (_, changes, message) => {
    expect(() => startFrom(readModelFile(bytes), smallConfig(changes), 7)).toThrow(
      expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });

  test('refuses a recipe whose output layer alone is of another width', () => {
    const flat = smallConfig({ layers: 0 });
    const model = readModelFile(writeSafetensors(modelTensors(flat, initialParameters(flat, 1), statistics)));
    expect(() => startFrom(model, smallConfig({ layers: 0, coefficients: 13 }), 7)).toThrow(
      'dense.weight of shape [10]',
    );
  });

  test('has a recipe of its shape, with its frames that label a clip and a fifth of the learning rate', () => {
    const { cell, hiddenSize, layers, convolutions, coefficients, decision } = config;
    const shape = { cell, hiddenSize, layers, convolutions, coefficients, clipFrames: decision.clipFrames };
    const recipe = { ...PRESETS.small, ...shape, peakRate: 8e-4 };
    expect(recipeFrom(readModelFile(bytes), PRESETS.small)).toEqual(recipe);
  });

  test('refuses a file that lacks a tensor', () => {
    const { tensors, ...file } = readSafetensors(bytes);
    const without = new Map([...tensors].filter(([name]) => name !== 'feature_mean'));
    const damaged = readModelFile(writeSafetensors({ ...file, tensors: without }));
    expect(() => startFrom(damaged, config, 7)).toThrow(expect.objectContaining({ code: 'EARSHOT_MODEL_DAMAGED' }));
  });

  test('begins with weights of 8 bits as they were rounded', () => {
    const eight = readModelFile(writeSafetensors(quantise(readSafetensors(bytes))));
    const { parameters } = startFrom(eight, config, 7);
    const largest = known.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    expect(parameters).not.toEqual(known);
    parameters.forEach((w, i) => {
      expect(Math.abs(w - known[i])).toBeLessThanOrEqual(largest / 127 / 2 + 1e-6);
    });
  });
});
