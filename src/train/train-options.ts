import type { ModelFile } from '../model-file.js';
import type { DataSources, LoadedData } from './data/training-data.js';
import type { Recipe } from './recipe.js';
import type { EpochEntry } from './training-log.js';

/** What to learn from, which words, and how. */
export interface TrainOptions extends DataSources {
  readonly words: readonly string[];
  /** The model; `OUT.checkpoint`, `OUT.jsonl` and `OUT.html` are written beside it. */
  readonly out: string;
  readonly recipe: Recipe;
  /** A model to begin with; the recipe has its shape (`recipeFrom`). */
  readonly from?: ModelFile | undefined;
  /** A model of the same labels and features, whose beliefs are learnt beside the labels. */
  readonly teacher?: ModelFile | undefined;
  /** What the model's file says of how it may be used, and of what it was trained on. */
  readonly licence?: string | undefined;
  readonly trainingData?: string | undefined;
  readonly seed: number;
  /** Threads; part of the recipe in so far as sums of floats depend on it. */
  readonly workers: number;
  /** Directory for decoded samples. */
  readonly cache: string;
  /** Goes on from the checkpoint, if there is one. */
  readonly resume: boolean;
  readonly onProgress?: (progress: TrainProgress) => void;
}

/** What is told while a model is trained. */
export type TrainProgress =
  | { readonly type: 'reading'; readonly done: number; readonly total: number }
  | ({ readonly type: 'data'; readonly done: number } & Omit<LoadedData, 'fingerprint'>)
  | {
      readonly type: 'step';
      readonly epoch: number;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
    }
  | { readonly type: 'epoch'; readonly entry: EpochEntry };
