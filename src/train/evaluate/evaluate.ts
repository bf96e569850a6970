import { availableParallelism } from 'node:os';
import { EarshotError } from '../../errors.js';
import { loadModel } from '../../model.js';
import type { BadFile } from '../recordings/bad-file.js';
import { listNegatives } from '../recordings/negatives.js';
import type { Split } from '../recordings/split.js';
import { wordFiles } from '../recordings/word-files.js';
import type { Evaluation } from './evaluation.js';
import { hearNegatives, hearWords, labelClips, labelStream } from './measure.js';
import { readNoises } from './noises.js';
import { summarise } from './summary.js';
import { WorkerPool } from './worker-pool.js';

/** What to evaluate a model on. */
export interface EvaluateOptions {
  /** The bytes of its file. */
  model: Uint8Array;
  /** Directories of clips, a folder a label, and manifests (`.tsv`, `.jsonl`). */
  data: readonly string[];
  /** The only part of `data` to use, by the official rule; all of it if undefined. */
  split?: Split | undefined;
  /** Directories of recordings in which no keyword is spoken, or which a `words.tsv` describes. */
  negatives?: readonly string[];
  /** Recordings of noise, or directories of them. */
  noise?: readonly string[];
  /** Signal-to-noise ratios in decibels; 20, 10, 5 and 0 by default. */
  snrDb?: readonly number[];
  /** Where every random choice begins; 1 by default. */
  seed?: number;
  /** Threads; as many as there are processors by default. They change nothing but the time. */
  workers?: number;
  /** Told of each file that cannot be read; the rest goes on. */
  onBadFile?: (file: BadFile) => void;
}

export const DEFAULT_SNR_DB: readonly number[] = [20, 10, 5, 0];
export const DEFAULT_SEED = 1;

/**
 * Measures a model, always through the engine: clip by clip, as one stream, as a user speaks, on speech without
 * keywords, and in noise. The result depends on the options alone, not on how many threads did the work.
 * @throws EarshotError EARSHOT_MODEL_DAMAGED, EARSHOT_MODEL_TOO_NEW, EARSHOT_FILE_NOT_FOUND if a directory does not exist,
 *   or where there is no readable clip, no recording without keywords, or no noise in those that are given
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { data, split, negatives = [], noise = [], snrDb = DEFAULT_SNR_DB, seed = DEFAULT_SEED } = options;
  const model = await loadModel(options.model);
  const badFiles: BadFile[] = [];
  const report = (file: BadFile): void => {
    badFiles.push(file);
    options.onBadFile?.(file);
  };
  const found = (await Promise.all(data.map((path) => wordFiles(path, model.labels)))).flat();
  const listed = found.filter((clip) => split === undefined || clip.split === split);
  const outsideParts = split === undefined ? 0 : found.filter((clip) => clip.split === undefined).length;
  if (listed.length === 0) throw nothingToHear(split ? `${split} clip` : 'clip', data);
  const listedNegatives = await listNegatives(negatives, model.labels);
  if (negatives.length > 0 && listedNegatives.length === 0)
    throw nothingToHear('recording without keywords', negatives);
  const noises = await readNoises(noise, report);
  if (noise.length > 0 && noises.length === 0) throw nothingToHear('noise', noise);
  const pool = new WorkerPool(options.workers ?? availableParallelism(), { model: options.model, seed, noises });
  try {
    const clips = await labelClips(pool, listed, noises.length > 0 ? snrDb : [], report);
    if (clips.length === 0) throw nothingToHear(split ? `${split} clip` : 'clip', data);
    const heardNegatives = await hearNegatives(pool, listedNegatives, report);
    const [streamed, words] = await Promise.all([labelStream(pool, clips, seed), hearWords(pool, clips, seed)]);
    const names = noises.map(({ name }) => name);
    return summarise(model, {
      seed,
      badFiles,
      outsideParts,
      clips,
      streamed,
      words,
      negatives: heardNegatives,
      noises: names,
      snrDb,
    });
  } finally {
    await pool.close();
  }
}

function nothingToHear(what: string, paths: readonly string[]): EarshotError {
  return new EarshotError('EARSHOT_FILE_NOT_FOUND', `There is no readable ${what} in ${paths.join(', ')}`, {
    value: paths,
  });
}
