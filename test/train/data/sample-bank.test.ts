import { readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadBank } from '../../../src/train/data/sample-bank.ts';
import { wavFile } from '../../../web/wav.ts';
import { directoryOf } from '../evaluate/helpers.ts';
import { numbers } from '../helpers.ts';

const RATE = 8000;
const SECOND = wavFile(numbers(RATE, 1, 0.5), RATE);

/** A bank of some files, and how many of them were read for it. */
async function load(folder: string, names: readonly string[]) {
  let reads = 0;
  const bank = await loadBank(
    names.map((name) => join(folder, name)),
    {
      sampleRate: RATE,
      cache: join(folder, 'cache'),
      onProgress: (done) => {
        reads = done;
      },
    },
  );
  return { ...bank, reads };
}

const binOf = (folder: string): string => {
  const [name] = readdirSync(join(folder, 'cache')).filter((file) => file.endsWith('.bin'));
  return join(folder, 'cache', name);
};

test('a bank is read once, and the same the second time', async () => {
  const folder = directoryOf({ 'a.wav': SECOND, 'b.wav': SECOND.subarray(0, 4044) });
  const first = await load(folder, ['a.wav', 'b.wav']);
  expect(first.entries.map(({ offset, length }) => [offset, length])).toEqual([
    [0, RATE],
    [RATE, 2000],
  ]);
  expect(first.reads).toBe(2);
  expect(await load(folder, ['a.wav', 'b.wav'])).toEqual({ ...first, reads: 0 });
});

test('a bank may be made twice at the same time', async () => {
  const folder = directoryOf({ 'a.wav': SECOND });
  const [first, second] = await Promise.all([load(folder, ['a.wav']), load(folder, ['a.wav'])]);
  expect(first.entries).toHaveLength(1);
  expect(second).toEqual(first);
});

test('folders that are called the same from two places have a cache each', async () => {
  const time = new Date('2026-01-01');
  const cache = join(directoryOf({}), 'cache');
  const from = async (value: number) => {
    const folder = directoryOf({ 'a.wav': wavFile(new Float32Array(RATE).fill(value), RATE) });
    utimesSync(join(folder, 'a.wav'), time, time);
    const before = process.cwd();
    process.chdir(folder);
    try {
      return (await loadBank(['a.wav'], { sampleRate: RATE, cache })).samples[0];
    } finally {
      process.chdir(before);
    }
  };
  expect(await from(0.5)).toBe(2 ** 14);
  expect(await from(0.25)).toBe(2 ** 13);
});

test('samples that were cut off are read again', async () => {
  const folder = directoryOf({ 'a.wav': SECOND });
  const { samples } = await load(folder, ['a.wav']);
  truncateSync(binOf(folder), 1000);
  expect(await load(folder, ['a.wav'])).toMatchObject({ samples, reads: 1 });
});

test('samples whose index is not whole are read again', async () => {
  const folder = directoryOf({ 'a.wav': SECOND });
  const { samples } = await load(folder, ['a.wav']);
  truncateSync(binOf(folder).replace(/bin$/, 'json'), 5);
  expect(await load(folder, ['a.wav'])).toMatchObject({ samples, reads: 1 });
});

test('a file that could not be read is tried again, and taken as soon as it can', async () => {
  const folder = directoryOf({ 'a.wav': SECOND, 'b.wav': Buffer.alloc(SECOND.length) });
  const time = new Date('2026-01-01');
  const touch = () => utimesSync(join(folder, 'b.wav'), time, time);
  touch();
  const before = await load(folder, ['a.wav', 'b.wav']);
  expect(before.bad.map(({ path }) => path)).toEqual([join(folder, 'b.wav')]);
  expect((await load(folder, ['a.wav', 'b.wav'])).reads).toBe(0);
  writeFileSync(join(folder, 'b.wav'), readFileSync(join(folder, 'a.wav')));
  touch();
  const after = await load(folder, ['a.wav', 'b.wav']);
  expect(after.bad).toEqual([]);
  expect(after.entries).toHaveLength(2);
  expect(after.samples).toHaveLength(2 * RATE);
});
