import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { labelsFor, loadTrainingData } from '../../../src/train/data/training-data.ts';
import { writeWav } from '../../helpers/wav.ts';
import { numbers } from '../helpers.ts';

const RATE = 8000;
const config = { labels: labelsFor(['yes']) };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('each kind of recording comes to its own place, at the rate of the model', async () => {
  const lengths = { 'words/training/yes/a.wav': 1, 'talk/b.wav': 3, 'noise/c.wav': 2, 'rooms/d.wav': 0.25 };
  for (const [path, seconds] of Object.entries(lengths)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeWav(join(folder, path), numbers(2 * RATE * seconds, 1, 0.5), 2 * RATE);
  }
  const at = (name: string) => [join(folder, name)];
  const sources = { data: at('words'), negatives: at('talk'), noise: at('noise'), rooms: at('rooms') };
  const { data, bad } = await loadTrainingData(sources, config, { sampleRate: RATE, cache: join(folder, 'cache') });
  expect(bad).toEqual([]);
  const seconds = (spans: readonly { length: number }[]) => spans.map(({ length }) => length / RATE);
  expect(seconds(data.training)).toEqual([1]);
  expect(seconds(data.speech)).toEqual([3]);
  expect(seconds(data.noise)).toEqual([2]);
  expect(seconds(data.rooms)).toEqual([0.25]);
  expect(data.validation).toEqual([]);
});

test('recordings outside the folders of parts are counted, those for tests are not', async () => {
  for (const path of ['training/yes/a.wav', 'testing/yes/b.wav', 'yes/c.wav', 'bed/d.wav']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeWav(join(folder, path), numbers(RATE, 1, 0.5), RATE);
  }
  const options = { sampleRate: RATE, cache: join(folder, 'cache') };
  const load = (data: string) =>
    loadTrainingData({ data: [join(folder, data)], negatives: [], noise: [] }, config, options);
  expect(await load('.')).toMatchObject({ outsideParts: 2, bad: [] });
  expect(await load('testing')).toMatchObject({ outsideParts: 0 });
});
