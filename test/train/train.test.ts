import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadModel, type Model } from '../../src/model.ts';
import { readModelFile } from '../../src/model-file.ts';
import { PRESETS, type Recipe } from '../../src/train/recipe.ts';
import { train } from '../../src/train/train.ts';
import type { TrainOptions, TrainProgress } from '../../src/train/train-options.ts';
import { posteriorsOf } from '../helpers/starter.ts';
import { readWav } from '../helpers/wav.ts';
import { writeTones } from './tones.ts';

const RECIPE: Recipe = {
  ...PRESETS.commands,
  hiddenSize: 16,
  layers: 1,
  convolutions: [{ channels: 16, kernel: 3, stride: 2 }],
  coefficients: 13,
  batch: 16,
  epochs: 6,
  peakRate: 2e-2,
  averaging: 0.9,
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-train-'));
  writeTones(join(folder, 'tones'), 40, 10);
});
afterAll(() => rmSync(folder, { recursive: true }));

const options = (name: string, changes: Partial<TrainOptions> = {}): TrainOptions => ({
  data: [join(folder, 'tones')],
  negatives: [],
  noise: [],
  words: ['low', 'middle', 'high'],
  out: join(folder, `${name}.safetensors`),
  recipe: RECIPE,
  seed: 1,
  workers: 2,
  cache: join(folder, 'cache'),
  resume: false,
  ...changes,
});

/** The clip rule (docs/evaluation.md): the label with the largest mean posterior over the last frames of the clip. */
function clipLabel(model: Model, samples: Float32Array): string {
  const last = posteriorsOf(model, samples).slice(-model.config.decision.clipFrames);
  const sums = model.labels.map((_, l) => last.reduce((sum, frame) => sum + frame[l], 0));
  return model.labels[sums.indexOf(Math.max(...sums))];
}

describe('training', () => {
  test('learns to tell tones apart, clip by clip and as a stream, and the engine labels as many clips right', async () => {
    const log = await train(options('tones'));
    const last = log[log.length - 1];
    expect(last.accuracy).toBeGreaterThan(0.9);
    expect(last.streamedAccuracy).toBeGreaterThan(0.9);
    expect(last.loss).toBeLessThan(log[0].loss);
    const model = await loadModel(readFileSync(join(folder, 'tones.safetensors')));
    const validation = join(folder, 'tones', 'validation');
    const outcomes = readdirSync(validation).flatMap((word) =>
      readdirSync(join(validation, word)).map((name) => {
        const label = model.labels.includes(word) ? word : '_unknown_';
        return clipLabel(model, readWav(join(validation, word, name)).samples) === label;
      }),
    );
    expect(last.accuracy).toBe(outcomes.filter(Boolean).length / outcomes.length);
  });

  test('gives the same bits for the same seed, others for another', async () => {
    const short = { recipe: { ...RECIPE, epochs: 2 } };
    const bytes = async (name: string, changes: Partial<TrainOptions> = {}) => {
      await train(options(name, { ...short, ...changes }));
      return readFileSync(join(folder, `${name}.safetensors`)).subarray(-4000);
    };
    const first = await bytes('same1');
    expect((await bytes('same2')).equals(first)).toBe(true);
    expect((await bytes('same3', { seed: 2 })).equals(first)).toBe(false);
  });

  test('killed at any moment and resumed, it ends in the very model of an undisturbed run', async () => {
    await train(options('whole'));
    const script = join(folder, 'run.mts');
    const module = JSON.stringify(new URL('../../src/train/train.ts', import.meta.url).href);
    writeFileSync(
      script,
      `import { train } from ${module};\nawait train(${JSON.stringify(options('killed', { resume: true }))});\n`,
    );
    const checkpoint = join(folder, 'killed.safetensors.checkpoint');
    const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: 'inherit' });
    while (!existsSync(checkpoint)) await setTimeout(5);
    child.kill('SIGKILL');
    const logPath = join(folder, 'killed.safetensors.jsonl');
    expect(readFileSync(logPath, 'utf8').split('\n').length).toBeLessThan(RECIPE.epochs);
    // An epoch whose checkpoint was not written any more.
    writeFileSync(logPath, `${readFileSync(logPath, 'utf8')}{"epoch":99}\n`);
    const log = await train(options('killed', { resume: true }));
    const vectors = (name: string) => readFileSync(join(folder, `${name}.safetensors.checkpoint`));
    expect(vectors('killed').equals(vectors('whole'))).toBe(true);
    expect(log.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
    const lines = readFileSync(logPath, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).epoch)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('started anew by mistake and stopped, it can still be resumed, with its log; not from a damaged checkpoint', async () => {
    const run = (changes: Partial<TrainOptions>) => train(options('mistaken', changes));
    const stop = (at: TrainProgress['type']) => (progress: TrainProgress) => {
      if (progress.type === at) throw new Error('stopped');
    };
    for (const at of ['epoch', 'step'] as const) {
      await expect(run({ onProgress: stop(at) })).rejects.toThrow('stopped');
    }
    await expect(run({ onProgress: stop('data') })).rejects.toThrow('stopped');
    const log = await run({ resume: true });
    expect(log.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
    const checkpoint = `${options('mistaken').out}.checkpoint`;
    truncateSync(checkpoint, 1000);
    await expect(run({ resume: true })).rejects.toMatchObject({ code: 'EARSHOT_MODEL_DAMAGED', value: checkpoint });
  });

  test('resumed at its end, it writes model and report again; not with a damaged log', async () => {
    const [model, report, log] = ['', '.html', '.jsonl'].map((ending) => `${options('whole').out}${ending}`);
    const before = [model, report].map((path) => readFileSync(path));
    for (const path of [model, report]) rmSync(path);
    expect(await train(options('whole', { resume: true }))).toHaveLength(RECIPE.epochs);
    expect([model, report].map((path) => readFileSync(path))).toEqual(before);
    writeFileSync(log, '{"epoch":');
    await expect(train(options('whole', { resume: true }))).rejects.toMatchObject({
      code: 'EARSHOT_MODEL_DAMAGED',
      value: log,
    });
  });

  test.each([
    ['no words', { words: [] }],
    ['a word twice', { words: ['low', 'low'] }],
    ['words that are none', { words: ['low', '_unknown_'] }],
    ['a directory in the place of the model', { out: tmpdir() }],
    ['another number of threads', { workers: 3 }],
  ])('refuses %s at once', async (_, changes) => {
    const read = () => expect.unreachable();
    await expect(train(options('refused', { ...changes, onProgress: read }))).rejects.toMatchObject({
      code: 'EARSHOT_BAD_ARGUMENT',
    });
  });

  test('refuses to resume a run that was made with another recipe', async () => {
    copyFileSync(join(folder, 'tones.safetensors.checkpoint'), join(folder, 'other.safetensors.checkpoint'));
    const other = options('other', { resume: true, recipe: { ...RECIPE, dropout: 0 } });
    await expect(train(other)).rejects.toThrow(/other settings \(dropout\)/);
  });

  test('refuses to resume a run whose recordings have other labels now', async () => {
    const tones = join(folder, 'relabelled');
    writeTones(tones, 12, 2);
    const run = (resume: boolean) =>
      train(options('relabelled', { data: [tones], resume, recipe: { ...RECIPE, epochs: 1 } }));
    await run(false);
    const [low, high] = ['low', 'high'].map((word) => join(tones, 'training', word));
    const [one, other] = [readdirSync(low)[0], readdirSync(high)[0]];
    renameSync(join(low, one), join(high, `moved_${one}`));
    renameSync(join(high, other), join(low, `moved_${other}`));
    await expect(run(true)).rejects.toThrow(/other settings \(data\)/);
  });

  test('learns from a teacher too, and goes on with no other one', async () => {
    const model = (name: string) => readModelFile(readFileSync(join(folder, `${name}.safetensors`)));
    const teacher = model('tones');
    const run = (name: string, changes: Partial<TrainOptions>) =>
      train(options(name, { recipe: { ...RECIPE, epochs: 1 }, ...changes }));
    await run('taught', { teacher });
    await run('untaught', {});
    expect(model('taught').tensors.get('dense.bias')).not.toEqual(model('untaught').tensors.get('dense.bias'));
    await expect(run('taught', { resume: true })).rejects.toThrow(/other settings \(teacher\)/);
    await expect(run('taught', { teacher, words: ['low'] })).rejects.toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT' });
  });

  test('stops when the weights leave all bounds, and keeps the model of the epoch before', async () => {
    const run = (changes: Partial<Recipe>) =>
      train(options('apart', { recipe: { ...RECIPE, epochs: 1, ...changes }, resume: true }));
    await run({});
    const before = readFileSync(join(folder, 'apart.safetensors'));
    rmSync(join(folder, 'apart.safetensors.checkpoint'));
    await expect(run({ peakRate: 1e30 })).rejects.toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT', value: 1e30 });
    // The only step of an epoch: its loss is one of sound weights.
    await expect(run({ peakRate: 1e40, batch: 128 })).rejects.toMatchObject({
      code: 'EARSHOT_BAD_ARGUMENT',
      value: 1e40,
    });
    expect(readFileSync(join(folder, 'apart.safetensors')).equals(before)).toBe(true);
  });

  test('refuses a network that the kernels cannot train before it reads anything', async () => {
    const odd = options('odd', { data: ['/no/where'], recipe: { ...RECIPE, hiddenSize: 50 } });
    await expect(train(odd)).rejects.toMatchObject({ code: 'EARSHOT_BAD_ARGUMENT', value: 50 });
  });

  test('names files that cannot be read and goes on; reads nothing anew the second time', async () => {
    writeFileSync(join(folder, 'tones', 'training', 'low', 'broken_nohash_0.wav'), 'RIFFnothing');
    const seen: TrainProgress[] = [];
    const run = () =>
      train(options('bad', { recipe: { ...RECIPE, epochs: 1 }, onProgress: (progress) => seen.push(progress) }));
    await run();
    const bad = seen.flatMap((progress) => (progress.type === 'data' ? progress.bad : []));
    expect(bad.map(({ path }) => path)).toEqual([expect.stringContaining('broken_nohash_0.wav')]);
    expect(seen.some(({ type }) => type === 'reading')).toBe(true);
    seen.length = 0;
    await run();
    expect(seen.some(({ type }) => type === 'reading')).toBe(false);
  });
});
