import { EarshotError } from '../errors.js';
import { quantise } from '../rnn/quantise.js';
import { writeSafetensors } from '../rnn/safetensors.js';
import { writeAtomically } from './atomic-file.js';
import { writeCheckpoint } from './checkpoint.js';
import { Crew, type EpochReport } from './crew.js';
import { modelTensors } from './model-tensors.js';
import type { OptimiserState } from './optimiser.js';
import { parameterPlan } from './parameters.js';
import { prepareRun, type Run } from './prepare-run.js';
import type { Recipe } from './recipe.js';
import { teamMemory } from './team.js';
import type { TrainOptions } from './train-options.js';
import { type EpochEntry, writeLog } from './training-log.js';
import { trainingReport } from './training-report.js';

/** Epochs from one validation to the next; the last one is always validated. */
const VALIDATE_EVERY = 2;

/**
 * Trains a model: reads the data, trains with worker threads, and after every epoch writes a checkpoint, a line of the
 * log, a report and the model as it is (its averaged weights). The same data, words, recipe, seed and number of workers give the
 * same bits with the same machine and Node, however often the run is stopped and resumed. On Node 20 and 24 it sets a flag
 * of V8 for the whole process ("How it computes" in docs/training.md).
 * @returns the log
 * @throws EarshotError EARSHOT_BAD_ARGUMENT, EARSHOT_FILE_NOT_FOUND, EARSHOT_MODEL_DAMAGED
 */
export async function train(options: TrainOptions): Promise<EpochEntry[]> {
  const run = await prepareRun(options);
  const { start, log } = run;
  if (start.epochs < options.recipe.epochs) await learn(run);
  else await publish(run, start.state.average);
  return log;
}

/** All epochs that are left. */
async function learn(run: Run): Promise<void> {
  const { options, settings, files, start, log } = run;
  const crew = startCrew(run);
  try {
    for (let epoch = start.epochs; epoch < options.recipe.epochs; epoch++) {
      const { entry, state } = await learnEpoch(crew, options, epoch);
      log.push(entry);
      await publish(run, state.average);
      // Last, so that after a crash the epoch is learnt and told anew.
      await writeCheckpoint(files.checkpoint, settings, { epochs: epoch + 1, statistics: start.statistics, state });
      options.onProgress?.({ type: 'epoch', entry });
    }
  } finally {
    await crew.close();
  }
}

function startCrew({ options, config, data, start }: Run): Crew {
  const { recipe, seed, workers, teacher } = options;
  const { statistics, state } = start;
  const team = teamMemory(workers, parameterPlan(config).floats);
  const rows = recipe.batch / workers;
  const common = { config, recipe, data, statistics, seed, rows, teacher, team, state };
  return new Crew(Array.from({ length: workers }, (_, index) => ({ ...common, index })));
}

/**
 * One epoch, counted from 0: what the log says of it, and the state after it.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT where the loss or weights are no numbers any more
 */
async function learnEpoch(
  crew: Crew,
  { recipe, onProgress }: TrainOptions,
  epoch: number,
): Promise<{ entry: EpochEntry; state: OptimiserState }> {
  const began = performance.now();
  const validates = (epoch + 1) % VALIDATE_EVERY === 0 || epoch + 1 === recipe.epochs;
  const reports = await crew.epoch({ epoch, validates }, ({ step, steps, loss }) =>
    onProgress?.({ type: 'step', epoch, step, steps, loss }),
  );
  const { state } = reports[0];
  if (!state) throw new Error('The first worker gave no state');
  const entry = entryOf(epoch, reports, (performance.now() - began) / 1000);
  checkSoundness(entry, state, recipe);
  return { entry, state };
}

function entryOf(epoch: number, reports: readonly EpochReport[], seconds: number): EpochEntry {
  const [{ loss, gradientNorm }] = reports;
  const sum = (key: 'clip' | 'streamed' | 'clips') =>
    reports.reduce((total, { right }) => total + (right?.[key] ?? 0), 0);
  const clips = sum('clips');
  const accuracy = clips > 0 && { accuracy: sum('clip') / clips, streamedAccuracy: sum('streamed') / clips };
  return { epoch: epoch + 1, loss, gradientNorm, ...accuracy, seconds };
}

/** Weights that have left all bounds are not written over those of the epoch before. */
function checkSoundness({ epoch, loss }: EpochEntry, { average }: OptimiserState, { peakRate }: Recipe): void {
  // The loss alone does not tell of the last step, before which it was taken.
  if (Number.isFinite(loss) && average.every(Number.isFinite)) return;
  const what =
    `The loss (${loss}) or weights are no finite numbers after epoch ${epoch}: training came apart. ` +
    `A lower learning rate than ${peakRate} may help`;
  throw new EarshotError('EARSHOT_BAD_ARGUMENT', what, { value: peakRate });
}

/** Writes the model, the log and the report. */
async function publish({ options, config, data, files, start, log }: Run, average: Float32Array): Promise<void> {
  const { out, recipe, seed, workers } = options;
  const recordings = { training: data.training.length, validation: data.validation.length };
  await writeAtomically(out, writeSafetensors(quantise(modelTensors(config, average, start.statistics))));
  await writeLog(files.log, log);
  await writeAtomically(files.report, await trainingReport({ config, recipe, seed, workers, recordings, log }));
}
