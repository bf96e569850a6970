import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/model.ts';
import { ClipRule } from '../../../src/train/evaluate/clip-rule.ts';
import {
  type BadFile,
  type EvaluateOptions,
  evaluate,
  htmlReport,
  textReport,
} from '../../../src/train/evaluate/index.ts';
import { DRAW } from '../../../src/train/evaluate/jobs/draw.ts';
import { labelClips } from '../../../src/train/evaluate/measure.ts';
import { THRESHOLDS } from '../../../src/train/evaluate/threshold-bank.ts';
import { WorkerPool } from '../../../src/train/evaluate/worker-pool.ts';
import { Random } from '../../../src/train/random.ts';
import { wordFiles } from '../../../src/train/recordings/word-files.ts';
import { wavFile } from '../../../web/wav.ts';
import { smallModelBytes, starterModelBytes } from '../../helpers/models.ts';
import { babble, noise } from '../../helpers/sound.ts';
import { chartsIn } from '../report.ts';
import { directoryOf } from './helpers.ts';

const RATE = 16000;
const LABELS = ['_silence_', 'yes', 'no', '_unknown_'];
/** One of the thresholds of the DET curve. */
const AT = 5;
const DECISION = { threshold: THRESHOLDS[AT], smoothingFrames: 3, refractoryFrames: 5 };
/** Hears "no" in nearly everything, so that there are hits and false accepts. */
const MODEL = smallModelBytes({ labels: LABELS, decision: DECISION }, 8);
/** Labels clips in several ways. */
const UNDECIDED = smallModelBytes({ labels: LABELS }, 10);

/** 150 clips of about a second, most at 16 kHz, and one that is no sound. */
function clipFiles(): Record<string, Uint8Array | string> {
  const folders = ['_silence_', 'yes', 'no', 'happy'];
  const clips = Array.from({ length: 150 }, (_, n) => {
    const rate = n % 10 === 0 ? 8000 : RATE;
    const sound = babble(Math.round(rate * (0.5 + (n % 8) / 10)), rate, n).map((sample) => sample * (0.2 + (n % 5)));
    return [`${folders[n % 4]}/s${n % 11}_nohash_${n}.wav`, wavFile(sound, rate)] as const;
  });
  return { ...Object.fromEntries(clips), 'yes/again_nohash_0.wav': clips[1][1], 'yes/broken.wav': 'no sound' };
}

const soundDirectory = (name: string, seconds: number) =>
  directoryOf({ [`${name}/a.wav`]: wavFile(babble(RATE * seconds, RATE, 9), RATE) });

const options = (): EvaluateOptions => ({
  model: MODEL,
  data: [directoryOf(clipFiles())],
  negatives: [soundDirectory('talk', 20)],
  noise: [directoryOf({ 'hiss.wav': wavFile(noise(RATE * 3, 4), RATE) })],
  snrDb: [10, 0],
  seed: 3,
});

/** Clips by the definition, without workers. */
async function pushed(paths: readonly string[]) {
  const model = await loadModel(UNDECIDED);
  const rule = new ClipRule(LABELS.length, model.config.decision.clipFrames);
  const label = (path: string, spotter = model.spotter({ sampleRate: RATE })): string => {
    const bytes = readFileSync(path);
    const second = new Float32Array(bytes.readUInt32LE(24));
    for (let i = 0; i < second.length && 45 + 2 * i < bytes.length; i++)
      second[i] = bytes.readInt16LE(44 + 2 * i) / 32768;
    rule.begin();
    spotter.push(second, { frame: (_, posteriors) => rule.frame(posteriors), detection() {} });
    return LABELS[rule.label()];
  };
  const stream = model.spotter({ sampleRate: RATE });
  return { alone: paths.map((path) => label(path)), streamed: paths.map((path) => label(path, stream)) };
}

const truthOf = (path: string): string => (LABELS.includes(folderOf(path)) ? folderOf(path) : '_unknown_');
const folderOf = (path: string): string => basename(join(path, '..'));

describe('evaluate', () => {
  it('gives the same figures for any number of workers, and names bad files', async () => {
    const given = options();
    const bad: BadFile[] = [];
    const one = await evaluate({ ...given, workers: 1, onBadFile: (file) => bad.push(file) });
    const three = await evaluate({ ...given, workers: 3 });
    expect(three).toEqual(one);
    expect(bad).toEqual([expect.objectContaining({ path: join(given.data[0], 'yes/broken.wav') })]);
    expect(one.badFiles).toEqual(bad);
    expect(one.clips).toBe(151);
    expect(one.duplicates).toBe(1);
    expect(one.words.keywords + one.words.unknownWords).toBe(one.clips - one.perLabel._silence_.clips);
    expect(one.words.hits + one.words.misses).toBe(one.words.keywords);
    expect(one.words.hits).toBeGreaterThan(0);
    expect(one.negatives?.hours).toBeCloseTo(20 / 3600, 9);
    expect(one.falseAcceptsPerHour).toBeGreaterThan(0);
    expect(one.det[AT]).toMatchObject({
      falseRejectRate: one.falseRejectRate,
      falseAcceptsPerHour: one.falseAcceptsPerHour,
    });
    expect(one.noise).toHaveLength(2);
    expect(one.confusion.counts.flat().reduce((sum, n) => sum + n, 0)).toBe(one.clips);
    const rates = [one.accuracy, one.streamedAccuracy, one.speakerMeanAccuracy, one.falseRejectRate];
    for (const rate of [...rates, ...(one.accuracyInterval ?? [])])
      expect(rate !== null && rate >= 0 && rate <= 1).toBe(true);
  });

  it('labels clips alone and in a stream as the definitions say', async () => {
    const files = Object.entries(clipFiles()).filter(([path]) => !/broken|again|_(\d*)0.wav/.test(path));
    const directory = directoryOf(Object.fromEntries(files));
    const paths = files.map(([path]) => join(directory, path)).sort();
    const { alone } = await pushed(paths);
    const order = Random.ofEvaluation(3, DRAW.order).shuffle([...paths]);
    const { streamed } = await pushed(order);
    const right = (some: string[], labels: string[]) => some.filter((path, n) => truthOf(path) === labels[n]).length;
    const found = await evaluate({ model: UNDECIDED, data: [directory], seed: 3, workers: 1 });
    expect(found.accuracy).toBe(right(paths, alone) / paths.length);
    expect(found.streamedAccuracy).toBe(right(order, streamed) / paths.length);
    expect(new Set(alone).size).toBeGreaterThan(1);
    expect(found.falseAcceptsPerHour).toBeNull();
  });

  it('finds in the pieces of one recording what it finds in a file each', async () => {
    let length = 0;
    const words = Array.from({ length: 12 }, (_, n) => {
      const sound = babble(RATE * (0.6 + n / 20), RATE, n);
      const word = { label: ['no', 'yes'][n >> 3], speaker: `s${n % 3}`, start: length / RATE, split: 'training' };
      length += sound.length;
      return { sound, word: { ...word, end: length / RATE } };
    });
    const files = words.map(({ sound, word }, n) => [
      `${word.label}/${String.fromCharCode(97 + n)}_${word.speaker}_nohash_0.wav`,
      wavFile(sound, RATE),
    ]);
    const lines = [...words, { word: { label: 'yes', start: length / RATE, split: 'testing' } }].map(
      ({ word }) => `${JSON.stringify({ file: 'talk.wav', ...word })}\n`,
    );
    const list = directoryOf({
      'talk.wav': wavFile(Float32Array.from(words.flatMap(({ sound }) => [...sound])), RATE),
      'list.jsonl': lines.join(''),
    });
    const apart = await evaluate({ ...options(), data: [directoryOf(Object.fromEntries(files))] });
    const listed = await evaluate({ ...options(), data: [join(list, 'list.jsonl')] });
    expect(listed.badFiles).toMatchObject([{ path: join(list, 'talk.wav'), code: 'EARSHOT_AUDIO_EMPTY' }]);
    expect({ ...listed, badFiles: [] }).toEqual(apart);
    const none = evaluate({ ...options(), data: [join(list, 'list.jsonl')], split: 'testing' });
    await expect(none).rejects.toMatchObject({ code: 'EARSHOT_FILE_NOT_FOUND' });
  });

  it('counts clips outside the folders of parts where a part is asked for', async () => {
    const clip = wavFile(babble(RATE, RATE, 1), RATE);
    const data = [directoryOf({ 'testing/yes/a.wav': clip, 'training/yes/b.wav': clip, 'yes/c.wav': clip })];
    const some = await evaluate({ model: MODEL, data, split: 'testing', workers: 1 });
    expect(some).toMatchObject({ clips: 1, outsideParts: 1 });
    expect(textReport(some)).toMatch(/outside the parts +1 clips/);
    const all = await evaluate({ model: MODEL, data, workers: 1 });
    expect(all).toMatchObject({ clips: 3, outsideParts: 0 });
  });

  it('needs at least one clip that it can read', async () => {
    const data = [directoryOf({ 'yes/broken.wav': 'no sound' })];
    await expect(evaluate({ model: MODEL, data, workers: 1 })).rejects.toMatchObject({
      code: 'EARSHOT_FILE_NOT_FOUND',
    });
  });

  it.each(['negatives', 'noise'])('needs something to hear in %s that are given', async (option) => {
    const empty = directoryOf({ 'README.md': 'no sound' });
    await expect(evaluate({ ...options(), [option]: [empty] })).rejects.toMatchObject({
      code: 'EARSHOT_FILE_NOT_FOUND',
      value: empty,
    });
  });

  it('counts folders of the same name apart', async () => {
    const talk = { 'talk/a.wav': wavFile(babble(RATE, RATE, 1), RATE) };
    const places = [directoryOf(talk), directoryOf({ ...talk, 'b.wav': wavFile(babble(2 * RATE, RATE, 2), RATE) })];
    const { negatives } = await evaluate({ ...options(), negatives: places });
    const hours = Object.entries(negatives?.perFolder ?? {}).map(([folder, rate]) => [folder, rate.hours * 3600]);
    expect(Object.fromEntries(hours)).toEqual({
      [join(places[0], 'talk')]: 1,
      [basename(places[1])]: 2,
      [join(places[1], 'talk')]: 1,
    });
  });

  it('reports for the terminal, and as one HTML file that asks for nothing else', async () => {
    const evaluation = await evaluate({ ...options(), workers: 2 });
    expect(textReport(evaluation)).toContain(`clip accuracy       ${(100 * evaluation.accuracy).toFixed(1)} %`);
    const html = await htmlReport({ ...evaluation, model: { ...evaluation.model, name: '<script>' } });
    expect(html).toContain('Evaluation of &#60;script&#62;');
    expect(html).not.toMatch(/(src|href)=/);
    const charts = chartsIn(html);
    expect(charts).toHaveLength(3);
    for (const { data } of charts) for (const curve of data) expect(curve).toHaveLength(data[0].length);
  });

  const dev = fileURLToPath(new URL('../../../../shared/data/real/commands_dev', import.meta.url));
  it.skipIf(!existsSync(dev))('finds the known clip accuracy of the first model on recorded clips', async () => {
    const model = starterModelBytes();
    const { labels } = await loadModel(model);
    const badFiles: BadFile[] = [];
    const pool = new WorkerPool(2, { model, seed: 1, noises: [] });
    const clips = await labelClips(pool, await wordFiles(dev, labels), [], (file) => badFiles.push(file));
    await pool.close();
    expect([clips.length, badFiles]).toEqual([1183, []]);
    expect(new Set(clips.map(({ digest }) => digest)).size).toBe(1183 - 66);
    const right = clips.filter(({ label, predicted }) => label === predicted).length;
    expect(Math.abs(right / clips.length - 0.939)).toBeLessThan(0.004);
  });
});
