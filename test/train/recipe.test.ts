import { expect, test } from 'vitest';
import { loadModel } from '../../src/model.ts';
import { modelInfo } from '../../src/model-info.ts';
import { quantise } from '../../src/rnn/quantise.ts';
import { writeSafetensors } from '../../src/rnn/safetensors.ts';
import { labelsFor } from '../../src/train/data/training-data.ts';
import { modelTensors } from '../../src/train/model-tensors.ts';
import { initialParameters } from '../../src/train/parameters.ts';
import { modelConfigOf, PRESETS, type PresetName } from '../../src/train/recipe.ts';

const labels = labelsFor(['yes', 'no', 'up', 'down', 'left', 'right', 'on', 'off', 'stop', 'go']);

function bytesOf(preset: PresetName): Uint8Array {
  const config = modelConfigOf(PRESETS[preset], labels, { name: preset });
  const ones = new Float32Array(config.coefficients).fill(1);
  const tensors = modelTensors(config, initialParameters(config, 1), { mean: ones, deviation: ones });
  return writeSafetensors(quantise(tensors));
}

test('the recipe of the default model keeps to 500,000 parameters and 250,000 multiply-adds a frame', async () => {
  const info = modelInfo(await loadModel(bytesOf('commands')));
  expect(info.parameters).toBeLessThanOrEqual(500_000);
  expect(info.multiplyAddsPerFrame).toBeLessThanOrEqual(250_000);
});

test('the recipe of the small model keeps to 100,000 bytes', () => {
  expect(bytesOf('small').length).toBeLessThanOrEqual(100_000);
});

test('a recipe of which no model can be made is refused', () => {
  const expected = expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT', value: 1.5 });
  expect(() => modelConfigOf({ ...PRESETS.small, threshold: 1.5 }, labels)).toThrow(expected);
});

test.each(Object.keys(PRESETS) as PresetName[])('the recipe %s makes a model that the engine loads', async (preset) => {
  expect((await loadModel(bytesOf(preset))).labels).toEqual(labels);
});
