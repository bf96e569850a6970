import type { ModelConfig } from '../config.js';
import { parameterPlan } from './parameters.js';
import type { Recipe } from './recipe.js';
import { type Chart, chart } from './report/chart.js';
import { htmlPage, type Table } from './report/html-page.js';
import { learningRate } from './schedule.js';
import type { EpochEntry } from './training-log.js';

export interface TrainingRun {
  readonly config: ModelConfig;
  readonly recipe: Recipe;
  readonly seed: number;
  readonly workers: number;
  /** Recordings to learn from, and to check with. */
  readonly recordings: { readonly training: number; readonly validation: number };
  /** One line an epoch. */
  readonly log: readonly EpochEntry[];
}

/** A training run so far as one HTML file that needs nothing else. */
export function trainingReport(run: TrainingRun): Promise<string> {
  const { config, recipe, log } = run;
  return htmlPage({
    title: `Training of ${config.name}`,
    introduction: `${log.length} of ${recipe.epochs} epochs, ${duration(log)}.`,
    parts: [
      lossChart(log),
      ...(log.some(({ accuracy }) => accuracy !== undefined) ? [accuracyChart(log)] : []),
      rateChart(run),
      normChart(log),
      factsTable(run),
      epochTable(run),
    ],
  });
}

const duration = (log: readonly EpochEntry[]): string =>
  `${(log.reduce((sum, { seconds }) => sum + seconds, 0) / 60).toFixed(1)} minutes`;

const epochsOf = (log: readonly EpochEntry[]) => ({ label: 'epoch', values: log.map(({ epoch }) => epoch) });

const lossChart = (log: readonly EpochEntry[]): Chart =>
  chart('Loss', epochsOf(log), { label: 'mean cross-entropy' }, [
    { label: 'loss', values: log.map(({ loss }) => loss) },
  ]);

const accuracyChart = (log: readonly EpochEntry[]): Chart =>
  chart('Accuracy on the validation clips', epochsOf(log), { label: 'accuracy, %' }, [
    { label: 'clip by clip', values: log.map(({ accuracy }) => percentOf(accuracy)) },
    { label: 'streamed', values: log.map(({ streamedAccuracy }) => percentOf(streamedAccuracy)) },
  ]);

const rateChart = (run: TrainingRun): Chart =>
  chart('Learning rate', epochsOf(run.log), { label: "thousandths, at the epoch's end" }, [
    { label: 'learning rate', values: run.log.map(({ epoch }) => 1000 * rateAfter(epoch, run.recipe)) },
  ]);

const rateAfter = (epoch: number, { peakRate, warmUp, epochs }: Recipe): number =>
  learningRate({ peak: peakRate, warmUp }, epoch, epochs);

const normChart = (log: readonly EpochEntry[]): Chart =>
  chart('Length of the gradient', epochsOf(log), { label: 'mean 2-norm before clipping' }, [
    { label: 'length', values: log.map(({ gradientNorm }) => gradientNorm) },
  ]);

const percentOf = (share: number | undefined): number | null => (share === undefined ? null : 100 * share);

function factsTable({ config, recipe, seed, workers, recordings }: TrainingRun): Table {
  const parameters = parameterPlan(config).parameters.reduce((sum, { length }) => sum + length, 0);
  const convolutions = config.convolutions.map(({ channels, kernel, stride }) => `${channels} (${kernel}, /${stride})`);
  const recurrent = config.layers > 0 ? [`${config.layers} x ${config.cell} ${config.hiddenSize}`] : [];
  const layers = [...convolutions.map((shape) => `convolution ${shape}`), ...recurrent, 'dense'];
  return {
    title: 'The run',
    head: [],
    rows: [
      ['network', layers.join(', ')],
      ['parameters', `${parameters}`],
      ['labels', config.labels.join(', ')],
      ['recordings', `${recordings.training} to learn from, ${recordings.validation} to check with`],
      ['batch', `${recipe.batch}`],
      ['seed, workers', `${seed}, ${workers}`],
    ],
  };
}

const epochTable = ({ log, recipe }: TrainingRun): Table => ({
  title: 'Epochs',
  head: ['epoch', 'loss', 'clip by clip', 'streamed', 'learning rate', 'gradient', 'seconds'],
  rows: log.map(({ epoch, loss, accuracy, streamedAccuracy, gradientNorm, seconds }) => [
    `${epoch}`,
    loss.toFixed(4),
    percentText(accuracy),
    percentText(streamedAccuracy),
    rateAfter(epoch, recipe).toExponential(1),
    gradientNorm.toFixed(3),
    seconds.toFixed(1),
  ]),
});

const percentText = (share: number | undefined): string => (share === undefined ? '' : `${(100 * share).toFixed(2)} %`);
