import { quantile } from '../../src/train/evaluate/quantile.js';
import { reachTable } from '../../src/train/reach-report.js';
import type { Table } from '../../src/train/report/html-page.js';
import type { Accuracies, CellFigures, CellRun } from './compare.js';

export interface Circumstances {
  readonly epochs: number;
  readonly seeds: number;
  readonly layers: number;
  readonly recordings: number;
  readonly command: string;
}

/** The gradient counts as gone where its norm is below this share of the last step's. */
const GONE = 0.01;

/** docs/cells.md. */
export function cellsPage(figures: readonly CellFigures[], circumstances: Circumstances): string {
  const { epochs, seeds, layers, recordings, command } = circumstances;
  return `# Cells compared

Four networks of ${layers} layers on the same MFCCs at every 20 ms, without any convolution over time, with as equal a
number of parameters as whole units allow, trained by the same recipe (\`plain\`) for ${epochs} epochs on ${recordings}
recordings, each from ${seeds} seeds. The memoryless one classifies single frames: affine maps and ReLU of the 32 ms
that are there. What the others do better, they do by remembering.

Accuracy is the share of clips labelled right, in %: mean over the seeds, and range. "Clip": each clip from a fresh state.
"Streamed": clips as streams whose state is never reset, those of the test as one, in random order. Validation clips are those of the training data; test clips
took no part in training ([Evaluation](evaluation.md)).

${markdown(cellsTable(figures))}

Seconds an epoch are a median, on one machine, which may have had other work. Reach: how far before the last step the norm of
dL/dh in the last recurrent layer falls below ${100 * GONE} % of what it is there; [the vanishing
gradient](vanishing-gradient.md) has the curves.

One command writes this page and can be stopped and started again:

    ${command}
`;
}

function cellsTable(figures: readonly CellFigures[]): Table {
  return {
    title: 'Cells',
    head: [
      'network',
      'units',
      'parameters',
      'multiply-adds a frame',
      's an epoch',
      'validation, clip',
      'streamed',
      'test, clip',
      'streamed',
      'reach, ms',
    ],
    rows: figures.map(({ name, units, parameters, multiplyAddsPerFrame, runs }) => [
      name,
      `${units}`,
      `${parameters}`,
      `${multiplyAddsPerFrame}`,
      medianSeconds(runs),
      percents(runs, (run) => run.validation.clip),
      percents(runs, (run) => run.validation.streamed),
      percents(runs, (run) => run.test.clip),
      percents(runs, (run) => run.test.streamed),
      reachText(runs),
    ]),
  };
}

function medianSeconds(runs: readonly CellRun[]): string {
  const seconds = runs.map(({ secondsPerEpoch }) => secondsPerEpoch);
  return quantile(seconds, 0.5)?.toFixed(0) ?? '';
}

function percents(runs: readonly CellRun[], value: (run: CellRun) => Accuracies[keyof Accuracies]): string {
  const values = runs.map((run) => 100 * value(run));
  return `${mean(values).toFixed(1)} (${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)})`;
}

/** Milliseconds until the gradient of the last recurrent layer is gone; Infinity if it never is, 0 without a layer. */
export function reachMs({ reach: { layers, stepSeconds } }: CellRun): number {
  const last = layers.at(-1);
  if (!last) return 0;
  const step = last.findIndex((norm) => norm < GONE);
  return step < 0 ? Infinity : Math.round(1000 * stepSeconds * step);
}

function reachText(runs: readonly CellRun[]): string {
  const distances = runs.map(reachMs);
  const text = (ms: number): string => (ms === Infinity ? 'all 2000' : `${ms}`);
  const [least, most] = [Math.min(...distances), Math.max(...distances)];
  return least === most ? text(least) : `${text(least)} to ${text(most)}`;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The table of docs/vanishing-gradient.md: the reach in the networks of the first seed. */
export const reachMarkdown = (figures: readonly CellFigures[]): string =>
  markdown(reachTable(figures.map(({ runs }) => runs[0].reach)));

function markdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A page with what stands between `<!-- NAME: … -->` and `<!-- /NAME -->` replaced. @throws Error where there is no such place */
export function fillIn(page: string, name: string, content: string): string {
  const place = new RegExp(`(<!-- ${name}:[^\\n]*-->\\n).*(\\n<!-- /${name} -->)`, 's');
  if (!place.test(page)) throw new Error(`The page has no place called ${name}`);
  return page.replace(place, (_, begin, end) => `${begin}${content}${end}`);
}
