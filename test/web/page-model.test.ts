import { expect, it } from 'vitest';
import { labelText, readPageModel } from '../../web/page-model.ts';
import { bundledModelBytes } from '../helpers/models.ts';

it('reads of the bundled model what the page draws', () => {
  const model = readPageModel(bundledModelBytes());
  const words = model.keywords.map((label) => model.labels[label]);
  expect(words).toEqual(['yes', 'no', 'up', 'down', 'left', 'right', 'on', 'off', 'stop', 'go']);
  expect(model.hopSeconds).toBe(0.02);
  expect(model.hiddenSizes.length).toBeGreaterThan(0);
  expect(model.featureMean.length).toBe(model.featureDeviation.length);
  expect(Math.min(...model.featureDeviation)).toBeGreaterThan(0);
});

it('names labels for people', () => {
  expect(['_silence_', '_unknown_', 'stop'].map(labelText)).toEqual(['silence', 'other words', 'stop']);
});

it('refuses what is no model', () => {
  expect(() => readPageModel(new Uint8Array(100))).toThrow(expect.objectContaining({ code: 'EARSHOT_MODEL_DAMAGED' }));
});
