import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unexpected } from '../../src/errors.js';
import { loadModel } from '../../src/model.js';
import { modelInfo } from '../../src/model-info.js';
import { type DataSources, labelsFor } from '../../src/train/data/training-data.js';
import { evaluate } from '../../src/train/evaluate/index.js';
import { quantile } from '../../src/train/evaluate/quantile.js';
import { type ModelReach, modelReach } from '../../src/train/model-reach.js';
import type { Recipe } from '../../src/train/recipe.js';
import { manifestFormat } from '../../src/train/recordings/manifest.js';
import { train } from '../../src/train/train.js';
import type { TrainProgress } from '../../src/train/train-options.js';
import { type CellNetwork, networksOfEqualSize } from './networks.js';

export interface CompareOptions extends DataSources {
  readonly words: readonly string[];
  /** Directories of recorded clips that took no part in training. */
  readonly test: readonly string[];
  /** Of the GRU; the others get as many parameters. */
  readonly recipe: Recipe;
  /** How many, from 1 on. */
  readonly seeds: number;
  readonly workers: number;
  /** Where models and checkpoints lie. What is done there is not done again. */
  readonly work: string;
  readonly cache: string;
  readonly onProgress?: (run: string, progress: TrainProgress) => void;
}

/** Accuracies are shares. */
export interface Accuracies {
  readonly clip: number;
  readonly streamed: number;
}

/** One network, trained from one seed. */
export interface CellRun {
  readonly seed: number;
  readonly loss: number;
  readonly validation: Accuracies;
  readonly test: Accuracies;
  /** Median over the epochs. */
  readonly secondsPerEpoch: number;
  readonly reach: ModelReach;
}

export interface CellFigures extends CellNetwork {
  readonly multiplyAddsPerFrame: number;
  readonly runs: readonly CellRun[];
}

/**
 * Trains each network from each seed, and measures it.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT for a manifest as `test`, which `modelReach` does not read
 */
export async function compareCells(options: CompareOptions): Promise<CellFigures[]> {
  const manifest = options.test.find(manifestFormat);
  if (manifest !== undefined)
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'test', 'directories of clips, no list', manifest);
  const networks = networksOfEqualSize(options.recipe, labelsFor(options.words));
  const runs = new Map<CellNetwork, CellRun[]>(networks.map((network) => [network, []]));
  for (let seed = 1; seed <= options.seeds; seed++) {
    for (const [network, done] of runs) done.push(await runOf(network, seed, options));
  }
  return Promise.all(
    networks.map(async (network) => {
      const { multiplyAddsPerFrame } = modelInfo(await loadModel(await readFile(pathOf(network, 1, options))));
      return { ...network, multiplyAddsPerFrame, runs: runs.get(network) ?? [] };
    }),
  );
}

const pathOf = ({ name }: CellNetwork, seed: number, { work }: CompareOptions): string =>
  join(work, `${name.toLowerCase()}-${seed}.safetensors`);

async function runOf(network: CellNetwork, seed: number, options: CompareOptions): Promise<CellRun> {
  const out = pathOf(network, seed, options);
  const onProgress = (progress: TrainProgress) => options.onProgress?.(`${network.name} ${seed}`, progress);
  const log = await train({ ...options, recipe: network.recipe, seed, out, resume: true, onProgress });
  const model = await readFile(out);
  const { loss, accuracy = Number.NaN, streamedAccuracy = Number.NaN } = log[log.length - 1];
  const tested = await evaluate({ model, data: options.test, workers: options.workers });
  return {
    seed,
    loss,
    validation: { clip: accuracy, streamed: streamedAccuracy },
    test: { clip: tested.accuracy, streamed: tested.streamedAccuracy },
    secondsPerEpoch:
      quantile(
        log.map(({ seconds }) => seconds),
        0.5,
      ) ?? Number.NaN,
    reach: await modelReach(network.name, model, options.test),
  };
}
