import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { isBackground, type ModelConfig } from '../config.js';
import { EarshotError, unexpected } from '../errors.js';
import { type Checkpoint, readCheckpoint } from './checkpoint.js';
import { BACKGROUND_LABELS, labelsFor, loadTrainingData, type TrainingData } from './data/training-data.js';
import { featureStatistics } from './learner.js';
import { checkTrainable } from './network/network.js';
import { initialState } from './optimiser.js';
import { initialParameters } from './parameters.js';
import { modelConfigOf, type Recipe } from './recipe.js';
import { startFrom } from './start-from.js';
import { checkTeacher } from './teacher.js';
import type { TrainOptions } from './train-options.js';
import { type EpochEntry, restartLog } from './training-log.js';

/** A training run that is ready to begin or to go on. */
export interface Run {
  readonly options: TrainOptions;
  readonly config: ModelConfig;
  readonly data: TrainingData;
  /** All that its result depends on. */
  readonly settings: object;
  /** Paths of what is written beside the model. */
  readonly files: { readonly checkpoint: string; readonly log: string; readonly report: string };
  readonly start: Checkpoint;
  /** One entry for each epoch that is done. */
  readonly log: EpochEntry[];
}

/**
 * Checks the options, reads the data, and finds where to begin: at the checkpoint that is resumed, in the model to go on
 * from, or with random weights.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT, EARSHOT_FILE_NOT_FOUND, EARSHOT_MODEL_DAMAGED
 */
export async function prepareRun(options: TrainOptions): Promise<Run> {
  const { out, recipe, onProgress } = options;
  const config = checkedConfig(options);
  await checkTarget(out);
  const { data, bad, outsideParts, fingerprint } = await loadTrainingData(options, config, {
    sampleRate: config.sampleRate,
    cache: options.cache,
    onProgress: (done, total) => onProgress?.({ type: 'reading', done, total }),
  });
  checkData(data, config, recipe);
  const settings = settingsOf(options, config, fingerprint);
  const files = { checkpoint: `${out}.checkpoint`, log: `${out}.jsonl`, report: `${out}.html` };
  const saved = options.resume ? await readCheckpoint(files.checkpoint, settings) : undefined;
  const start = saved ?? (await freshStart(data, config, options));
  const log = await restartLog(files.log, start.epochs);
  onProgress?.({ type: 'data', data, bad, outsideParts, done: start.epochs });
  return { options, config, data, settings, files, start, log };
}

/** The parameters of the model, after all is checked that can be before the data are read. */
function checkedConfig({ words, out, recipe, workers, teacher, licence, trainingData }: TrainOptions): ModelConfig {
  checkWords(words);
  checkWorkers(recipe, workers);
  const config = modelConfigOf(recipe, labelsFor(words), { name: basename(out, extname(out)), licence, trainingData });
  checkTrainable(config);
  if (teacher) checkTeacher(teacher, config);
  return config;
}

function settingsOf(
  { recipe, from, teacher, seed, workers }: TrainOptions,
  { labels }: ModelConfig,
  data: string,
): object {
  return { ...recipe, from: from?.fingerprint, teacher: teacher?.fingerprint, labels, seed, workers, data };
}

function checkWords(words: readonly string[]): void {
  const isWord = (word: string): boolean => word !== '' && !isBackground(word);
  if (words.length > 0 && words.every(isWord) && new Set(words).size === words.length) return;
  throw unexpected('EARSHOT_BAD_ARGUMENT', 'words', 'different words, none of them like _this_', words);
}

/** What would fail after an epoch fails at once. */
async function checkTarget(out: string): Promise<void> {
  await mkdir(dirname(out), { recursive: true });
  const there = await stat(out).catch(() => undefined);
  if (there?.isDirectory()) throw unexpected('EARSHOT_BAD_ARGUMENT', 'out', 'a file, not a directory', out);
}

function checkWorkers({ batch }: Recipe, workers: number): void {
  if (Number.isInteger(workers) && workers >= 1 && batch % workers === 0) return;
  throw unexpected('EARSHOT_BAD_ARGUMENT', 'workers', `a divisor of the batch size, ${batch}`, workers);
}

function checkData({ training }: TrainingData, { labels }: ModelConfig, { batch }: Recipe): void {
  const missing = labels.filter((_, n) => n >= BACKGROUND_LABELS && !training.some(({ label }) => label === n));
  if (missing.length > 0) {
    const what =
      `The data hold no recordings to learn ${missing.join(', ')} from. Where neither folders nor a list say otherwise, ` +
      "speakers are for learning, validation or tests by their names' hash: docs/training.md";
    throw new EarshotError('EARSHOT_BAD_ARGUMENT', what, { value: missing });
  }
  if (training.length < batch) {
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'data', `at least ${batch} recordings, one batch`, training.length);
  }
}

async function freshStart(
  data: TrainingData,
  config: ModelConfig,
  { from, recipe, seed }: TrainOptions,
): Promise<Checkpoint> {
  const { parameters, statistics } = from
    ? startFrom(from, config, seed)
    : { parameters: initialParameters(config, seed), statistics: await featureStatistics(data, config, recipe, seed) };
  return { epochs: 0, statistics, state: initialState(parameters) };
}
