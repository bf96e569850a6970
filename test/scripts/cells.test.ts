import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CompareOptions, compareCells } from '../../scripts/cells/compare.ts';
import { networksOfEqualSize } from '../../scripts/cells/networks.ts';
import { cellsPage, fillIn, reachMarkdown, reachMs } from '../../scripts/cells/page.ts';
import { labelsFor } from '../../src/train/data/training-data.ts';
import { PRESETS } from '../../src/train/recipe.ts';
import { writeTones } from '../train/tones.ts';

describe('networks of equal size', () => {
  test.each([64, 88, 128])('have as many parameters as the GRU of %i units, to a twentieth', (hiddenSize) => {
    const networks = networksOfEqualSize({ ...PRESETS.plain, hiddenSize }, labelsFor(['yes', 'no', 'up']));
    expect(networks.map(({ name }) => name)).toEqual(['Elman', 'LSTM', 'GRU', 'memoryless']);
    const gru = networks[2];
    expect(gru.units).toBe(hiddenSize);
    for (const { parameters } of networks) expect(Math.abs(parameters / gru.parameters - 1)).toBeLessThan(0.05);
    const [{ recipe }] = networks.slice(3);
    expect(recipe.layers).toBe(0);
    expect(recipe.convolutions.every(({ kernel, stride }) => kernel === 1 && stride === 1)).toBe(true);
  });
});

describe('the comparison of cells', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-cells-'));
    writeTones(join(folder, 'tones'), 40, 10);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const options = (): CompareOptions => ({
    data: [join(folder, 'tones')],
    test: [join(folder, 'tones', 'validation')],
    negatives: [],
    noise: [],
    words: ['low', 'middle', 'high'],
    recipe: { ...PRESETS.plain, hiddenSize: 8, layers: 1, batch: 16, epochs: 2, peakRate: 2e-2, averaging: 0.9 },
    seeds: 1,
    workers: 1,
    work: join(folder, 'work'),
    cache: join(folder, 'cache'),
  });

  test('refuses a list of clips before it trains', async () => {
    const list = { ...options(), data: ['/no/where'], test: ['clips.tsv'] };
    await expect(compareCells(list)).rejects.toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT', value: 'clips.tsv' });
  });

  test('trains and measures each network from each seed', async () => {
    const steps: string[] = [];
    const onProgress: CompareOptions['onProgress'] = (run, { type }) => type === 'step' && steps.push(run);
    const figures = await compareCells({ ...options(), onProgress });
    expect(new Set(steps).size).toBe(4);
    for (const { parameters, multiplyAddsPerFrame, runs } of figures) {
      expect(multiplyAddsPerFrame).toBeLessThan(parameters);
      expect(runs.map(({ seed }) => seed)).toEqual([1]);
      // The validation clips by the trainer's own reckoning and by the engine.
      for (const { validation, test } of runs) expect(validation.clip).toBe(test.clip);
    }
    expect(figures.map(({ runs }) => runs[0].reach.layers.length)).toEqual([1, 1, 1, 0]);
    expect(reachMs(figures[3].runs[0])).toBe(0);
    const circumstances = { epochs: 2, seeds: 1, layers: 1, recordings: 160, command: 'npm run compare-cells' };
    const rows = cellsPage(figures, circumstances)
      .split('\n')
      .filter((line) => line.startsWith('| '));
    expect(rows.map((row) => row.split(' | ').length)).toEqual([10, 10, 10, 10, 10, 10]);
    expect(reachMarkdown(figures)).toContain('| ms back | Elman, layer 1 | LSTM, layer 1 | GRU, layer 1 |');
  });
});

test('a place in a page is filled in as often as wanted, and must be there', () => {
  const page = 'a\n<!-- reach: by a script -->\nold\nlines\n<!-- /reach -->\nb\n';
  const filled = fillIn(page, 'reach', '$& new');
  expect(filled).toBe('a\n<!-- reach: by a script -->\n$& new\n<!-- /reach -->\nb\n');
  expect(fillIn(fillIn(filled, 'reach', 'x'), 'reach', '$& new')).toBe(filled);
  expect(() => fillIn('nothing', 'reach', '')).toThrow('no place');
});
