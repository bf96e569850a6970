import { describe, expect, test } from 'vitest';
import { labelsFor } from '../../src/train/data/training-data.ts';
import { modelConfigOf, PRESETS } from '../../src/train/recipe.ts';
import type { EpochEntry } from '../../src/train/training-log.ts';
import { trainingReport } from '../../src/train/training-report.ts';
import { chartsIn } from './report.ts';

const log = (epochs: number): EpochEntry[] =>
  Array.from({ length: epochs }, (_, n) => ({
    epoch: n + 1,
    loss: 2 / (n + 1),
    gradientNorm: 1,
    seconds: 30,
    ...(n % 2 === 1 && { accuracy: 0.9, streamedAccuracy: 0.85 }),
  }));

const report = (epochs: number, name = 'words') => {
  const recipe = PRESETS.small;
  const config = modelConfigOf(recipe, labelsFor(['yes', 'no']), { name });
  return trainingReport({
    config,
    recipe,
    seed: 1,
    workers: 2,
    recordings: { training: 9, validation: 3 },
    log: log(epochs),
  });
};

describe('the report of a training run', () => {
  test('is one file that asks for nothing else, with the charts of the log', async () => {
    const html = await report(4, '<script>');
    expect(html).toContain('Training of &#60;script&#62;');
    expect(html).not.toMatch(/(src|href)=/);
    const charts = Object.fromEntries(chartsIn(html).map(({ title, data }) => [title, data]));
    expect(charts.Loss).toEqual([
      [1, 2, 3, 4],
      [2, 1, 2 / 3, 0.5],
    ]);
    expect(charts['Accuracy on the validation clips']).toEqual([
      [1, 2, 3, 4],
      [null, 90, null, 90],
      [null, 85, null, 85],
    ]);
    const [, rates] = charts['Learning rate'];
    expect(rates.every((rate) => rate !== null && rate > 0 && rate <= 1000 * PRESETS.small.peakRate)).toBe(true);
  });

  test('leaves accuracy out as long as none was measured', async () => {
    expect(chartsIn(await report(1)).map(({ title }) => title)).not.toContain('Accuracy on the validation clips');
  });
});
