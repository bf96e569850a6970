import { type Chart, chart } from '../report/chart.js';
import type { Evaluation } from './evaluation.js';

/** What an evaluation shows, as charts; those with nothing to show are left out. */
export function chartsOf(evaluation: Evaluation): Chart[] {
  return [detChart(evaluation), delayChart(evaluation), noiseChart(evaluation)].filter(
    ({ data }) => data[0].length > 0,
  );
}

const PERCENT: [number, number] = [0, 100];

/** Points without any false accept have no place on the logarithmic axis. */
function detChart({ det }: Evaluation): Chart {
  const points = det
    .filter(({ falseAcceptsPerHour }) => falseAcceptsPerHour !== null && falseAcceptsPerHour > 0)
    .sort((a, b) => (a.falseAcceptsPerHour ?? 0) - (b.falseAcceptsPerHour ?? 0));
  const rates = points.map(({ falseAcceptsPerHour }) => falseAcceptsPerHour);
  return chart(
    'Detection error trade-off',
    { label: 'false accepts an hour', scale: 'logarithmic', values: rates },
    { label: 'false reject rate, %', range: PERCENT },
    [{ label: 'FRR', values: points.map(({ falseRejectRate }) => percent(falseRejectRate)) }],
  );
}

/** The cumulative distribution, drawn through its steps' upper ends. */
function delayChart({ words: { delaysMs } }: Evaluation): Chart {
  const times = [...new Set(delaysMs)];
  const shares = times.map((time) => (100 * (delaysMs.lastIndexOf(time) + 1)) / delaysMs.length);
  return chart(
    'Delay of detection',
    { label: 'ms after the end of the word', values: times },
    { label: 'words detected by then, % of hits', range: PERCENT },
    [{ label: 'detected', values: shares }],
  );
}

function noiseChart({ noise }: Evaluation): Chart {
  const ratios = [...new Set(noise.map(({ snrDb }) => snrDb))].sort((a, b) => a - b);
  const names = [...new Set(noise.map((entry) => entry.noise))];
  const accuracy = (name: string, ratio: number): number | null =>
    percent(noise.find((entry) => entry.noise === name && entry.snrDb === ratio)?.accuracy ?? null);
  return chart(
    'Clip accuracy in noise',
    { label: 'SNR, dB', values: ratios },
    { label: 'accuracy, %', range: PERCENT },
    names.map((name) => ({ label: name, values: ratios.map((ratio) => accuracy(name, ratio)) })),
  );
}

const percent = (share: number | null): number | null => (share === null ? null : 100 * share);
