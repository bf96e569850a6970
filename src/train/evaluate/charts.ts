import type { Evaluation } from './evaluation.js';

/** A chart for uPlot: options and data, as JSON. */
export interface Chart {
  title: string;
  options: {
    width: number;
    height: number;
    scales: Record<'x' | 'y', { time?: false; distr: 1 | 3; range?: [number, number] }>;
    axes: { label: string }[];
    series: { label: string; stroke?: string; width?: number; points?: { show: boolean } }[];
  };
  /** The x values in ascending order, then the values of each curve. */
  data: (number | null)[][];
}

/** uPlot's kinds of scale. */
const LINEAR = 1;
const LOGARITHMIC = 3;
const COLOURS = ['#1f77b4', '#d62728', '#2ca02c', '#9467bd', '#ff7f0e', '#8c564b'];

/** What an evaluation shows, as charts; those with nothing to show are left out. */
export function chartsOf(evaluation: Evaluation): Chart[] {
  return [detChart(evaluation), delayChart(evaluation), noiseChart(evaluation)].filter(
    ({ data }) => data[0].length > 0,
  );
}

/** Points without any false accept have no place on the logarithmic axis. */
function detChart({ det }: Evaluation): Chart {
  const points = det
    .filter(({ falseAcceptsPerHour }) => falseAcceptsPerHour !== null && falseAcceptsPerHour > 0)
    .sort((a, b) => (a.falseAcceptsPerHour ?? 0) - (b.falseAcceptsPerHour ?? 0));
  return chart('Detection error trade-off', 'false accepts an hour', 'false reject rate, %', LOGARITHMIC, [
    points.map(({ falseAcceptsPerHour }) => falseAcceptsPerHour),
    ['FRR', points.map(({ falseRejectRate }) => percent(falseRejectRate))],
  ]);
}

/** The cumulative distribution, drawn through its steps' upper ends. */
function delayChart({ words: { delaysMs } }: Evaluation): Chart {
  const times = [...new Set(delaysMs)];
  return chart('Delay of detection', 'ms after the end of the word', 'words detected by then, % of hits', LINEAR, [
    times,
    ['detected', times.map((time) => (100 * (delaysMs.lastIndexOf(time) + 1)) / delaysMs.length)],
  ]);
}

function noiseChart({ noise }: Evaluation): Chart {
  const ratios = [...new Set(noise.map(({ snrDb }) => snrDb))].sort((a, b) => a - b);
  const names = [...new Set(noise.map((entry) => entry.noise))];
  const accuracy = (name: string, ratio: number): number | null =>
    percent(noise.find((entry) => entry.noise === name && entry.snrDb === ratio)?.accuracy ?? null);
  return chart('Clip accuracy in noise', 'SNR, dB', 'accuracy, %', LINEAR, [
    ratios,
    ...names.map((name): [string, (number | null)[]] => [name, ratios.map((ratio) => accuracy(name, ratio))]),
  ]);
}

const percent = (share: number | null): number | null => (share === null ? null : 100 * share);

function chart(
  title: string,
  xLabel: string,
  yLabel: string,
  xScale: typeof LINEAR | typeof LOGARITHMIC,
  [x, ...curves]: [(number | null)[], ...[string, (number | null)[]][]],
): Chart {
  const series = curves.map(([label], n) => ({
    label,
    stroke: COLOURS[n % COLOURS.length],
    width: 2,
    points: { show: x.length < 30 },
  }));
  return {
    title,
    options: {
      width: 760,
      height: 380,
      scales: { x: { time: false, distr: xScale }, y: { distr: LINEAR, range: [0, 100] } },
      axes: [{ label: xLabel }, { label: yLabel }],
      series: [{ label: xLabel }, ...series],
    },
    data: [x, ...curves.map(([, values]) => values)],
  };
}
