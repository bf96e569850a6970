/**
 * Cross-validation: how good models are that learn from few recordings, measured on recordings that none of them saw.
 *
 *     npx tsx scripts/cross-validate.ts --name jarvis --words jarvis --fold DIR/jarvis --fold-negatives DIR… \
 *         --data DIR… --noise FILE… --from commands --epochs 20 --out FOLDER
 *
 * The files of --fold (folders named after words) and of --fold-negatives (running speech without any of them) are
 * divided among five folds by the hash of their names. Five times a model is trained without one fold, and hears that
 * fold: its words in streams, its speech for false accepts. The counts of all folds are added up at every threshold.
 * --data, --negatives and --noise are learnt from in every fold. Where no words are folded, --check holds recordings of
 * words for the share that is missed. Folds do not know speakers: where recordings do not tell who speaks, one person
 * may be heard in training and in the fold.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { readModelFile } from '../src/model-file.ts';
import { readModel } from '../src/node/open-model.ts';
import { type Evaluation, evaluate } from '../src/train/evaluate/index.ts';
import { poissonInterval } from '../src/train/evaluate/poisson.ts';
import { PRESETS, type PresetName, train } from '../src/train/index.ts';
import { soundFiles } from '../src/train/recordings/files.ts';
import { listNegatives } from '../src/train/recordings/negatives.ts';
import { recipeFrom } from '../src/train/start-from.ts';
import { loadBefore, writeResult } from './result-file.ts';

const FOLDS = 5;
const WORKERS = 2;

interface Options {
  name: string;
  words: string;
  fold: string[];
  foldNegatives: string[];
  data: string[];
  negatives: string[];
  noise: string[];
  check: string[];
  noiseNegatives: string[];
  from?: string;
  preset: PresetName;
  epochs: string;
  rate: string;
  seed: string;
  out: string;
  cache: string;
}

const options = new Command()
  .requiredOption('--name <name>', 'of the models, and of the results in docs/results')
  .requiredOption('--words <list>', 'with commas between them')
  .option('--fold <dirs...>', 'recordings of words, in folds', [])
  .requiredOption('--fold-negatives <dirs...>', 'running speech, in folds')
  .option('--data <dirs...>', 'other recordings of words', [])
  .option('--negatives <dirs...>', 'other running speech', [])
  .option('--noise <paths...>', 'noise to learn from', [])
  .option('--check <dirs...>', 'words to hear where none are folded', [])
  .option('--noise-negatives <paths...>', 'noise to be heard, counted apart', [])
  .option('--from <model>', 'go on from the weights of a model')
  .option('--preset <name>', 'recipe', 'commands')
  .option('--epochs <n>', 'passes over the data', '20')
  .option('--rate <x>', 'largest learning rate', '1e-3')
  .option('--seed <n>', 'where every random choice begins', '1')
  .option('--out <dir>', 'for models and links', 'folds')
  .option('--cache <dir>', 'for decoded recordings', 'folds/cache')
  .parse()
  .opts<Options>();
const words = options.words.split(',').filter(Boolean);
const before = loadBefore();

const foldOf = (path: string): number => createHash('sha1').update(basename(path)).digest().readUInt32BE() % FOLDS;

/** Links the files into `folder`, each under the name of its own folder. */
async function link(paths: readonly string[], folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const path of paths) {
    const word = join(folder, basename(dirname(path)));
    await mkdir(word, { recursive: true });
    await symlink(resolve(path), join(word, basename(path)));
  }
}

/** What a fold holds nothing of cannot be measured in it, which would only be seen after its training. */
function checkFolds(paths: readonly string[], option: string): void {
  const folds = new Set(paths.map(foldOf));
  if (folds.size < FOLDS)
    throw new Error(`Expected recordings in all ${FOLDS} folds of ${option}, got ${folds.size} of them`);
}

if (options.fold.length + options.check.length === 0) throw new Error('Expected words to hear: --fold or --check');
const [recordings, speech] = await Promise.all([soundFiles(options.fold), listNegatives(options.foldNegatives, words)]);
checkFolds(speech, '--fold-negatives');
if (options.fold.length > 0) checkFolds(recordings, '--fold');

async function trainFold(fold: number, folder: string): Promise<Uint8Array> {
  const inFold = (path: string) => foldOf(path) === fold;
  // Below "training" nothing is kept back by the rule of Speech Commands.
  await link(
    recordings.filter((path) => !inFold(path)),
    join(folder, 'words', 'training'),
  );
  await link(recordings.filter(inFold), join(folder, 'held-words'));
  await link(
    speech.filter((path) => !inFold(path)),
    join(folder, 'speech'),
  );
  await link(speech.filter(inFold), join(folder, 'held-speech'));
  const from = options.from === undefined ? undefined : readModelFile(await readModel(options.from));
  const preset = PRESETS[options.preset];
  const recipe = {
    ...(from ? recipeFrom(from, preset) : preset),
    epochs: Number(options.epochs),
    peakRate: Number(options.rate),
  };
  const out = join(folder, `${options.name}.safetensors`);
  await train({
    words,
    out,
    recipe,
    from,
    data: [...(options.fold.length > 0 ? [join(folder, 'words')] : []), ...options.data],
    negatives: [join(folder, 'speech'), ...options.negatives],
    noise: options.noise,
    seed: Number(options.seed),
    workers: WORKERS,
    cache: options.cache,
    resume: true,
    onProgress: (progress) => {
      if (progress.type === 'epoch') console.log(`fold ${fold}`, JSON.stringify(progress.entry));
    },
  });
  return readFile(out);
}

const evaluations: Evaluation[] = [];
let noiseAccepts = 0;
let noiseHours = 0;
for (let fold = 0; fold < FOLDS; fold++) {
  const folder = join(options.out, `${fold}`);
  const model = await trainFold(fold, folder);
  const data = options.fold.length > 0 ? [join(folder, 'held-words')] : options.check;
  evaluations.push(await evaluate({ model, data, negatives: [join(folder, 'held-speech')] }));
  if (options.noiseNegatives.length === 0) continue;
  const { negatives } = await evaluate({ model, data, negatives: options.noiseNegatives });
  noiseAccepts += negatives?.accepts ?? 0;
  noiseHours = negatives?.hours ?? 0;
}

const total = (of: (evaluation: Evaluation) => number): number => evaluations.reduce((sum, e) => sum + of(e), 0);
const keywords = total((e) => e.words.keywords);
const hours = total((e) => e.negatives?.hours ?? 0);
const det = evaluations[0].det.map(({ threshold }, n) => {
  const sum = (of: 'misses' | 'accepts') =>
    total((e) => Object.values(e.det[n].perLabel).reduce((all, label) => all + label[of], 0));
  const accepts = sum('accepts');
  const interval = poissonInterval(accepts).map((bound) => bound / hours);
  const falseAcceptsPerHour = accepts / hours;
  return { threshold, falseRejectRate: sum('misses') / keywords, accepts, falseAcceptsPerHour, interval };
});
const delays = evaluations.flatMap(({ words }) => words.delaysMs).sort((a, b) => a - b);
writeResult(options.name, before, {
  folds: FOLDS,
  keywords,
  hours,
  delayMs: { median: delays[delays.length >> 1], p90: delays[Math.floor(0.9 * delays.length)] },
  /** All of it heard by each model. */
  noise: { accepts: noiseAccepts, hours: noiseHours, models: FOLDS },
  atOneAnHour: det.find(({ falseAcceptsPerHour }) => falseAcceptsPerHour <= 1),
  atNone: det.find(({ accepts }) => accepts === 0),
  det,
});
