import { access, constants, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { isBackground, type ModelConfig } from '../config.js';
import { EarshotError, unexpected } from '../errors.js';
import type { ModelFile } from '../model-file.js';
import { quantise } from '../rnn/quantise.js';
import { writeSafetensors } from '../rnn/safetensors.js';
import { writeAtomically } from './atomic-file.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { Crew, type EpochReport } from './crew.js';
import { type DataSources, labelsFor, loadTrainingData, type TrainingData } from './data/training-data.js';
import { featureStatistics } from './learner.js';
import { modelTensors } from './model-tensors.js';
import { checkTrainable } from './network/network.js';
import { initialState } from './optimiser.js';
import { initialParameters, parameterPlan } from './parameters.js';
import { modelConfigOf, type Recipe } from './recipe.js';
import type { BadFile } from './recordings/bad-file.js';
import { startFrom } from './start-from.js';
import { checkTeacher } from './teacher.js';
import { teamMemory } from './team.js';
import { trainingReport } from './training-report.js';

export interface TrainOptions extends DataSources {
  readonly words: readonly string[];
  /** The model; `OUT.checkpoint`, `OUT.jsonl` and `OUT.html` are written beside it. */
  readonly out: string;
  readonly recipe: Recipe;
  /** A model to begin with; the recipe has its shape (`shapeOf`). */
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

/** One line of the log. */
export interface EpochEntry {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean loss of the epoch. */
  readonly loss: number;
  /** Mean length of the gradient before clipping. */
  readonly gradientNorm: number;
  /** Share of the validation clips that the averaged weights label right, each clip by itself. Not in every epoch. */
  readonly accuracy?: number;
  /** The same with the clips as streams, the state never reset. */
  readonly streamedAccuracy?: number;
  readonly seconds: number;
}

export type TrainProgress =
  | { readonly type: 'reading'; readonly done: number; readonly total: number }
  | { readonly type: 'data'; readonly data: TrainingData; readonly bad: readonly BadFile[]; readonly done: number }
  | {
      readonly type: 'step';
      readonly epoch: number;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
    }
  | { readonly type: 'epoch'; readonly entry: EpochEntry };

/** Epochs from one validation to the next; the last one is always validated. */
const VALIDATE_EVERY = 2;

/**
 * Trains a model: reads the data, trains with worker threads, and after every epoch writes a checkpoint, a line of the
 * log, a report and the model as it is (its averaged weights). The same data, words, recipe, seed and number of workers give the
 * same bits on the same machine, however often the run is stopped and resumed.
 * @returns the log
 * @throws EarshotError EARSHOT_BAD_ARGUMENT, EARSHOT_FILE_NOT_FOUND
 */
export async function train(options: TrainOptions): Promise<EpochEntry[]> {
  const { words, out, recipe, seed, workers, onProgress } = options;
  checkWords(words);
  checkWorkers(recipe, workers);
  const { licence, trainingData } = options;
  const config = modelConfigOf(recipe, labelsFor(words), { name: basename(out, extname(out)), licence, trainingData });
  checkTrainable(config);
  if (options.teacher) checkTeacher(options.teacher, config);
  await checkTarget(out);
  const { data, bad, fingerprint } = await loadTrainingData(options, config, {
    sampleRate: config.sampleRate,
    cache: options.cache,
    onProgress: (done, total) => onProgress?.({ type: 'reading', done, total }),
  });
  checkData(data, config, recipe);
  const [from, teacher] = [options.from?.fingerprint, options.teacher?.fingerprint];
  const run = { ...recipe, from, teacher, labels: config.labels, seed, workers, data: fingerprint };
  const files = { checkpoint: `${out}.checkpoint`, log: `${out}.jsonl`, report: `${out}.html` };
  const recordings = { training: data.training.length, validation: data.validation.length };
  const saved = options.resume ? await readCheckpoint(files.checkpoint, run) : undefined;
  const start = saved ?? (await freshStart(data, config, options));
  const log = await restartLog(files.log, start.epochs);
  onProgress?.({ type: 'data', data, bad, done: start.epochs });
  const publish = async (average: Float32Array): Promise<void> => {
    await writeAtomically(out, writeSafetensors(quantise(modelTensors(config, average, start.statistics))));
    await writeAtomically(files.log, linesOf(log));
    await writeAtomically(files.report, await trainingReport({ config, recipe, seed, workers, recordings, log }));
  };
  if (start.epochs >= recipe.epochs) {
    await publish(start.state.average);
    return log;
  }
  const crew = startCrew(options, config, data, start);
  try {
    for (let epoch = start.epochs; epoch < recipe.epochs; epoch++) {
      const began = performance.now();
      const validates = (epoch + 1) % VALIDATE_EVERY === 0 || epoch + 1 === recipe.epochs;
      const reports = await crew.epoch({ epoch, validates }, ({ step, steps, loss }) =>
        onProgress?.({ type: 'step', epoch, step, steps, loss }),
      );
      const { state } = reports[0];
      if (!state) throw new Error('The first worker gave no state');
      const entry = entryOf(epoch, reports, (performance.now() - began) / 1000);
      checkLoss(entry, recipe);
      log.push(entry);
      await publish(state.average);
      // Last, so that after a crash the epoch is learnt and told anew.
      await writeCheckpoint(files.checkpoint, run, { epochs: epoch + 1, statistics: start.statistics, state });
      onProgress?.({ type: 'epoch', entry });
    }
  } finally {
    await crew.close();
  }
  return log;
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
  const missing = labels.slice(2).filter((_, n) => !training.some(({ label }) => label === n + 2));
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

function startCrew(
  { recipe, seed, workers, teacher }: TrainOptions,
  config: ModelConfig,
  data: TrainingData,
  { statistics, state }: Checkpoint,
): Crew {
  const team = teamMemory(workers, parameterPlan(config).floats);
  const rows = recipe.batch / workers;
  const common = { config, recipe, data, statistics, seed, rows, teacher, team, state };
  return new Crew(Array.from({ length: workers }, (_, index) => ({ ...common, index })));
}

function entryOf(epoch: number, reports: readonly EpochReport[], seconds: number): EpochEntry {
  const [{ loss, gradientNorm }] = reports;
  const sum = (key: 'clip' | 'streamed' | 'clips') =>
    reports.reduce((total, { right }) => total + (right?.[key] ?? 0), 0);
  const clips = sum('clips');
  const accuracy = clips > 0 && { accuracy: sum('clip') / clips, streamedAccuracy: sum('streamed') / clips };
  return { epoch: epoch + 1, loss, gradientNorm, ...accuracy, seconds };
}

/**
 * Keeps the lines of the log up to the checkpoint, and returns them. What an earlier run has written stays until there is an
 * epoch to replace it: its checkpoint does so too.
 */
async function restartLog(path: string, epochs: number): Promise<EpochEntry[]> {
  await access(dirname(path), constants.W_OK);
  if (epochs === 0) return [];
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').slice(0, epochs).filter(Boolean);
  const log = lines.map((line) => parseEntry(line, path));
  await writeAtomically(path, linesOf(log));
  return log;
}

function parseEntry(line: string, path: string): EpochEntry {
  try {
    return JSON.parse(line);
  } catch (cause) {
    const what = `The log ${path} is damaged; start anew without resuming`;
    throw new EarshotError('EARSHOT_MODEL_DAMAGED', what, { value: path, cause });
  }
}

const linesOf = (log: readonly EpochEntry[]): string => log.map((entry) => `${JSON.stringify(entry)}\n`).join('');

/** Weights that have left all bounds are not written over those of the epoch before. */
function checkLoss({ epoch, loss }: EpochEntry, { peakRate }: Recipe): void {
  if (Number.isFinite(loss)) return;
  const what = `The loss is ${loss} after epoch ${epoch}: training came apart. A lower learning rate than ${peakRate} may help`;
  throw new EarshotError('EARSHOT_BAD_ARGUMENT', what, { value: peakRate });
}
