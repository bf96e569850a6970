import { describe, expect, test } from 'vitest';
import type { ModelReach } from '../../src/train/model-reach.ts';
import { reachChart, reachReport, reachTable } from '../../src/train/reach-report.ts';
import { chartsIn } from './report.ts';

/** Norms that fall to `rate` of themselves at each step. */
const falling = (model: string, stepSeconds: number, rate: number, layers = 1): ModelReach => ({
  model,
  cell: 'rnn',
  streams: 7,
  stepSeconds,
  layers: Array.from({ length: layers }, () =>
    Float64Array.from({ length: Math.round(2 / stepSeconds) }, (_, n) => rate ** n),
  ),
});

describe('the report of reaches', () => {
  const reaches = [falling('fine', 0.02, 0.9, 2), falling('coarse', 0.04, 0.5), falling('none', 0.02, 0)];

  test('has a column for each layer and shows the norm at each distance', () => {
    const { head, rows } = reachTable(reaches);
    expect(head).toEqual(['ms back', 'fine, layer 1', 'fine, layer 2', 'coarse, layer 1', 'none, layer 1']);
    const at120 = rows.find(([ms]) => ms === '120');
    expect(at120?.slice(1)).toEqual([
      (0.9 ** 6).toExponential(1),
      (0.9 ** 6).toExponential(1),
      (0.5 ** 3).toExponential(1),
      '0.0e+0',
    ]);
  });

  test('draws all layers over common distances: no value where a layer takes no step, or where nothing arrives', () => {
    const { data } = reachChart(reaches);
    const [distances, fine, , coarse, none] = data;
    expect(distances).toEqual(Array.from({ length: 100 }, (_, n) => 20 * n));
    expect(fine[3]).toBeCloseTo(3 * Math.log10(0.9), 12);
    expect(coarse.slice(0, 3)).toEqual([0, null, Math.log10(0.5)]);
    expect(none.slice(0, 3)).toEqual([0, null, null]);
  });

  test('is one file, also for models without a recurrent layer', async () => {
    const html = await reachReport([...reaches, falling('memoryless', 0.02, 1, 0)]);
    expect(html).not.toMatch(/(src|href)=/);
    expect(chartsIn(html)[0].options.series).toHaveLength(5);
  });
});
