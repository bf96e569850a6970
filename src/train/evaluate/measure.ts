import { Random } from '../random.js';
import { type BadFile, isBad } from '../recordings/bad-file.js';
import { SILENCE } from '../recordings/labels.js';
import type { WordFile } from '../recordings/word-files.js';
import type { Negative } from './false-accepts.js';
import type { LabelledClip } from './jobs/clips.js';
import { DRAW } from './jobs/draw.js';
import type { HeardWords } from './jobs/words.js';
import type { WorkerPool } from './worker-pool.js';

/**
 * How much one job takes on: some tenths of a second. Fixed, because the streams of words begin anew with each job, and
 * results may not depend on how many workers there are.
 */
const CLIPS_PER_JOB = 64;
const WORDS_PER_JOB = 100;
const NEGATIVES_PER_JOB = 16;

type Report = (file: BadFile) => void;

/** A clip and what the model takes it for. */
export type Labelled = WordFile & LabelledClip;

/** Labels clips one by one, without noise and in each noise at each ratio. */
export async function labelClips(
  pool: WorkerPool,
  clips: readonly WordFile[],
  snrDb: readonly number[],
  report: Report,
): Promise<Labelled[]> {
  const numbered = clips.map((clip, index) => ({ ...clip, index }));
  const jobs = chunks(numbered, CLIPS_PER_JOB).map((some) => pool.run('labelClips', { clips: some, snrDb }));
  return readable(clips, (await Promise.all(jobs)).flat(), report);
}

/** Labels readable clips as one stream in random order. @returns the clips in that order */
export async function labelStream(
  pool: WorkerPool,
  clips: readonly WordFile[],
  seed: number,
): Promise<(WordFile & { predicted: string })[]> {
  const order = Random.ofEvaluation(seed, DRAW.order).shuffle([...clips]);
  const labels = await pool.run('labelStream', { clips: order });
  return order.map((clip, n) => ({ ...clip, predicted: labels[n] }));
}

/** Hears readable clips, all but silence, as words in streams of 100. */
export async function hearWords(pool: WorkerPool, clips: readonly WordFile[], seed: number): Promise<HeardWords[]> {
  const words = clips.filter(({ label }) => label !== SILENCE);
  const order = Random.ofEvaluation(seed, DRAW.order).shuffle(words);
  return Promise.all(chunks(order, WORDS_PER_JOB).map((some, index) => pool.run('hearWords', { index, words: some })));
}

/** Hears recordings in which there is nothing to hear. */
export async function hearNegatives(pool: WorkerPool, paths: readonly string[], report: Report): Promise<Negative[]> {
  const jobs = chunks(paths, NEGATIVES_PER_JOB).map((some) => pool.run('hearNegatives', { paths: some }));
  const results = (await Promise.all(jobs)).flat();
  return readable(
    paths.map((path) => ({ path })),
    results,
    report,
  );
}

/** Joins files with their results; reports those that are bad. */
function readable<F extends object, R extends object>(
  files: readonly F[],
  results: readonly (R | BadFile)[],
  report: Report,
): (F & R)[] {
  return files.flatMap((file, n) => {
    const result = results[n];
    if (!isBad(result)) return [{ ...file, ...result }];
    report(result);
    return [];
  });
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
