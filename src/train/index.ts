export type { Augmentation } from './augment/augmenter.js';
export type { DataSources, TrainingData } from './data/training-data.js';
export { PRESETS, type PresetName, type Recipe } from './recipe.js';
export type { BadFile } from './recordings/bad-file.js';
export { recipeFrom } from './start-from.js';
export { train } from './train.js';
export type { TrainOptions, TrainProgress } from './train-options.js';
export type { EpochEntry } from './training-log.js';
