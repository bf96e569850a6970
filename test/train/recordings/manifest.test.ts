import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { labelsFor, loadTrainingData } from '../../../src/train/data/training-data.ts';
import { type ManifestEntry, parseManifest } from '../../../src/train/recordings/manifest.ts';
import { SPLITS } from '../../../src/train/recordings/split.ts';
import { wordFiles } from '../../../src/train/recordings/word-files.ts';
import { writeWav } from '../../helpers/wav.ts';

const COLUMNS = ['file', 'label', 'split', 'speaker', 'start', 'end'] as const;

const word = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !/[\t\n\r]/.test(text) && text.trim() !== '');
const entry: fc.Arbitrary<ManifestEntry> = fc
  .record(
    {
      file: word,
      label: word,
      split: fc.constantFrom(...SPLITS),
      speaker: word,
      start: fc.double({ min: 0, max: 1e3, noNaN: true }),
      end: fc.double({ min: 1e3 + 1, max: 1e6, noNaN: true }),
    },
    { requiredKeys: ['file', 'label'] },
  )
  .map((values) => ({ ...values }));

const tsv = (entries: readonly ManifestEntry[], columns: readonly (typeof COLUMNS)[number][], end = '\n') =>
  [columns, ...entries.map((one) => columns.map((column) => one[column] ?? ''))]
    .map((cells) => cells.join('\t') + end)
    .join('');

describe('a manifest', () => {
  test('says as TSV, its columns in any order, what was written', () => {
    fc.assert(
      fc.property(
        fc.array(entry),
        fc.shuffledSubarray([...COLUMNS], { minLength: COLUMNS.length }),
        fc.constantFrom('\n', '\r\n'),
        (entries, columns, end) => {
          expect(parseManifest(tsv(entries, columns, end), 'tsv')).toEqual(entries);
        },
      ),
    );
  });

  test('says as JSONL what was written, whatever other keys there are', () => {
    fc.assert(
      fc.property(fc.array(entry), fc.jsonValue(), (entries, other) => {
        const lines = entries.map((one) => `${JSON.stringify({ note: other, ...one })}\n\n`);
        expect(parseManifest(`\uFEFF${lines.join('')}`, 'jsonl')).toEqual(entries);
      }),
    );
  });

  test('of any other text is refused with a code, and never crashes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('tsv', 'jsonl'), (text, format) => {
        try {
          for (const { file, label } of parseManifest(text, format)) expect(file && label).toBeTruthy();
        } catch (error) {
          expect(error).toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT' });
        }
      }),
    );
  });

  test('names the line that is wrong', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 9 }), (entries) => {
        const wrong = { file: 'a.wav', label: 'yes', start: 2, end: 1 };
        const text = [...entries, wrong].map((one) => `${JSON.stringify(one)}\n`).join('');
        const where = new RegExp(`list.jsonl, line ${entries.length + 1}: .*\`end\``);
        expect(() => parseManifest(text, 'jsonl', 'list.jsonl')).toThrow(where);
      }),
    );
  });

  test.each([
    ['file\tword\na.wav\tyes\n', 'line 1: Expected a column `label`'],
    ['file\tlabel\na.wav\n', 'line 2: `label`'],
    ['file\tlabel\tsplit\na.wav\tyes\ttrain\n', 'line 2: `split`'],
    ['file\tlabel\tstart\na.wav\tyes\tsoon\n', 'line 2: `start`'],
    ['file\tlabel\tstart\na.wav\tyes\t-1\n', 'line 2: `start`'],
  ])('%j is told: %s', (text, message) => {
    expect(() => parseManifest(text, 'tsv')).toThrow(message);
  });
});

describe('recordings that a manifest lists', () => {
  const RATE = 8000;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-manifest-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, ...lines: object[]) => {
    writeFileSync(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return join(folder, name);
  };

  test('belong to the split they name, or to that of their speaker, or of their name', async () => {
    // 0c40e715 is a speaker of the official test set, 00176480 one of the training set.
    const path = write(
      'list.jsonl',
      { file: 'a.wav', label: 'yes', split: 'validation', speaker: '0c40e715' },
      { file: 'b.wav', label: 'bed', speaker: '00176480' },
      { file: '00176480_nohash_1.wav', label: 'yes' },
      { file: 'c.wav', label: 'yes', speaker: '0c40e715' },
      { file: 'd.wav', label: 'yes', split: 'testing', speaker: '00176480' },
    );
    expect(await wordFiles(path, labelsFor(['yes']))).toMatchObject([
      { path: join(folder, 'a.wav'), label: 'yes', split: 'validation', speaker: '0c40e715' },
      { path: join(folder, 'b.wav'), label: '_unknown_', split: 'training', speaker: '00176480' },
      { path: join(folder, '00176480_nohash_1.wav'), label: 'yes', split: 'training', speaker: '00176480' },
      { path: join(folder, 'c.wav'), label: 'yes', split: 'testing', speaker: '0c40e715' },
      { path: join(folder, 'd.wav'), label: 'yes', split: 'testing', speaker: '00176480' },
    ]);
  });

  test('are cut where it says; those that are missing, damaged or over before are named and left out', async () => {
    writeWav(
      join(folder, 'talk.wav'),
      Float32Array.from({ length: 2 * RATE }, (_, i) => i / RATE / 2),
      RATE,
    );
    writeFileSync(join(folder, 'broken.wav'), 'RIFFnothing');
    const path = write(
      'list.jsonl',
      { file: 'talk.wav', label: 'yes', split: 'training', start: 0.5, end: 1 },
      { file: 'talk.wav', label: 'no', split: 'training', start: 1.75 },
      { file: 'talk.wav', label: 'no', split: 'training', start: 2 },
      { file: 'gone.wav', label: 'yes', split: 'training' },
      { file: 'broken.wav', label: 'yes', split: 'training' },
    );
    const config = { labels: labelsFor(['yes', 'no']) };
    const sources = { data: [path], negatives: [], noise: [] };
    const { data, bad } = await loadTrainingData(sources, config, { sampleRate: RATE, cache: join(folder, 'cache') });
    expect(data.training.map(({ label, length }) => [label, length])).toEqual([
      [2, RATE / 2],
      [3, RATE / 4],
    ]);
    expect(data.samples[data.training[0].offset] / 32768).toBeCloseTo(0.25, 3);
    const codes = Object.fromEntries(bad.map((file) => [file.path.slice(folder.length + 1), file.code]));
    expect(codes).toEqual({
      'gone.wav': 'EARSHOT_FILE_NOT_FOUND',
      'broken.wav': expect.stringMatching(/^EARSHOT_AUDIO_/),
      'talk.wav': 'EARSHOT_AUDIO_EMPTY',
    });
  });

  test('need a manifest that is there', async () => {
    const missing = wordFiles(join(folder, 'none.tsv'), labelsFor(['yes']));
    await expect(missing).rejects.toMatchObject({ code: 'EARSHOT_FILE_NOT_FOUND' });
  });
});
