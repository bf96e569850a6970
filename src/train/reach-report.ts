import type { ModelReach } from './model-reach.js';
import { type Chart, chart } from './report/chart.js';
import { htmlPage, type Table } from './report/html-page.js';

/** Distances that the table shows, in milliseconds. */
const SHOWN_MS = [0, 40, 80, 120, 200, 320, 480, 720, 1000, 1400, 1880];

/** A line a distance, a column a recurrent layer: norms as shares of the one at the last step. */
export function reachTable(reaches: readonly ModelReach[]): Table {
  const layers = layersOf(reaches);
  return {
    title: 'Norm of dL/dh as a share of that at the last step',
    head: ['ms back', ...layers.map(({ name }) => name)],
    rows: SHOWN_MS.map((ms) => [
      `${ms}`,
      ...layers.map(({ at }) => {
        const norm = at(ms);
        return norm === null ? '' : norm.toExponential(1);
      }),
    ]),
  };
}

/** The same as curves, in powers of ten. */
export function reachChart(reaches: readonly ModelReach[]): Chart {
  const layers = layersOf(reaches);
  const distances = [...new Set(layers.flatMap(({ distancesMs }) => distancesMs))].sort((a, b) => a - b);
  return chart(
    'How far the gradient reaches back',
    { label: 'ms before the last step', values: distances },
    { label: 'norm of dL/dh, powers of ten' },
    layers.map(({ name, at }) => ({ label: name, values: distances.map((ms) => powerOfTen(at(ms))) })),
  );
}

/** A norm of 0 has none. */
const powerOfTen = (norm: number | null): number | null => (norm ? Math.log10(norm) : null);

/** Both as one HTML file that needs nothing else. */
export function reachReport(reaches: readonly ModelReach[]): Promise<string> {
  return htmlPage({
    title: 'How far the gradient reaches back',
    introduction:
      'The norm of dL/dh in each recurrent layer, L being the loss of the last step alone, against the distance from ' +
      `that step: the geometric mean over ${reaches[0].streams} streams of two seconds, over the norm at the last step.`,
    parts: [reachChart(reaches), reachTable(reaches)],
  });
}

interface LayerReach {
  readonly name: string;
  readonly distancesMs: readonly number[];
  /** The norm at a distance; null where the layer takes no step. */
  readonly at: (ms: number) => number | null;
}

function layersOf(reaches: readonly ModelReach[]): LayerReach[] {
  return reaches.flatMap(({ model, stepSeconds, layers }) =>
    layers.map((norms, n) => {
      const distancesMs = Array.from(norms, (_, step) => Math.round(1000 * stepSeconds * step));
      const byDistance = new Map(distancesMs.map((ms, step) => [ms, norms[step]]));
      return { name: `${model}, layer ${n + 1}`, distancesMs, at: (ms) => byDistance.get(ms) ?? null };
    }),
  );
}
