import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ModelFile, readModelFile } from '../model-file.js';
import { readModel } from '../node/open-model.js';
import { PRESETS, type PresetName, type Recipe } from '../train/recipe.js';
import { recipeFrom } from '../train/start-from.js';
import { train } from '../train/train.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf } from './failure.js';
import { positiveNumber, probability, wholeNumber } from './numbers.js';
import { TrainingDisplay } from './training-display.js';

const EXAMPLES = `
Examples:
  $ earshot train --data speech_commands --words yes,no,stop --out mine.safetensors
  $ earshot train --data words --negatives talks --noise kitchen.wav street.wav --words jarvis --out jarvis.safetensors
  $ earshot train --data list.tsv --words yes,no --out mine.safetensors
  $ earshot train --data words --words yes,no --preset plain --cell lstm --epochs 20 --out lstm.safetensors
  $ earshot train --data words --words yes,no --out mine.safetensors --resume

Beside OUT, OUT.checkpoint, OUT.jsonl (the log) and OUT.html (the same as charts) are written after every epoch.
`;

/** What commander makes of the options. */
interface TrainCommandOptions {
  data: string[];
  words: string[];
  out: string;
  negatives: string[];
  noise: string[];
  rir?: string[];
  preset: PresetName;
  from?: string;
  teacher?: string;
  cell?: Recipe['cell'];
  hidden?: number;
  layers?: number;
  epochs?: number;
  rate?: number;
  threshold?: number;
  seed: number;
  workers: number;
  licence?: string;
  trainingData?: string;
  resume?: true;
  cache: string;
}

/** Adds `earshot train` to the program. */
export function addTrainCommand(program: Command): void {
  program
    .command('train')
    .summary('train a model on recordings of words')
    .description(
      'Trains a model on recordings of words, with the very features and cells that listen later.\n' +
        'docs/training.md says what the data should look like and what each recipe does.',
    )
    .requiredOption('--data <paths...>', 'recordings of words: a folder a word, or lists of them (.tsv, .jsonl)')
    .requiredOption('--words <list>', 'the words to spot, with commas between them', wordList)
    .requiredOption('--out <file>', 'the model to write')
    .option('--negatives <paths...>', 'running speech that holds none of the words', [])
    .option('--noise <paths...>', 'recordings of noise', [])
    .option('--rir <paths...>', 'recorded impulse responses of rooms')
    .addOption(new Option('--preset <name>', 'recipe').choices(Object.keys(PRESETS)).default('commands'))
    .option('--from <model>', 'go on from the weights of a model, at a fifth of the learning rate')
    .option('--teacher <model>', 'learn the beliefs of a larger model beside the labels')
    .addOption(shape('--cell <name>', "recurrent cell, if not the recipe's").choices(['gru', 'lstm', 'rnn']))
    .addOption(shape('--hidden <n>', 'units of a recurrent layer, a multiple of 4').argParser(wholeNumber(4, 4096)))
    .addOption(shape('--layers <n>', 'recurrent layers; 0 for none').argParser(wholeNumber(0, 16)))
    .option('--epochs <n>', 'passes over the data', wholeNumber(1))
    .option('--rate <x>', "largest learning rate, if not the recipe's", positiveNumber)
    .option('--threshold <0 to 1>', "how sure a detection must be, if not the recipe's", probability)
    .option('--seed <n>', 'where every random choice begins', wholeNumber(0), 1)
    .option('--workers <n>', 'threads, a divisor of the batch size', wholeNumber(1), defaultWorkers())
    .option('--licence <text>', 'how the model may be used; `earshot info` shows it')
    .option('--training-data <text>', 'what it was trained on; likewise')
    .option('--resume', 'go on from the checkpoint, if there is one')
    .option('--cache <dir>', 'where decoded recordings are kept for the next time', defaultCache())
    .addHelpText('after', EXAMPLES)
    .action(async (options: TrainCommandOptions) => {
      process.exitCode = await run(options);
    });
}

/** @returns the exit code */
async function run(options: TrainCommandOptions): Promise<number> {
  const models: (ModelFile | undefined)[] = [];
  for (const name of [options.from, options.teacher]) {
    try {
      models.push(name === undefined ? undefined : readModelFile(await readModel(name)));
    } catch (error) {
      process.stderr.write(failureLine(`${name}`, failureOf(error)));
      return EXIT.failed;
    }
  }
  const [from, teacher] = models;
  const display = new TrainingDisplay(process.stderr, recipeOf(options).epochs);
  try {
    const { data, negatives, noise, rir: rooms, words, out, licence, trainingData } = options;
    const { seed, workers, cache, resume = false } = options;
    const recipe = recipeOf(options, from);
    const sources = { data, negatives, noise, rooms, words, out, recipe, from, teacher, licence, trainingData };
    await train({ ...sources, seed, workers, cache, resume, onProgress: (progress) => display.show(progress) });
    display.close();
    process.stdout.write(`${out} has learnt; ${out}.html shows how.\nTry it: earshot page --model ${out}\n`);
    return EXIT.done;
  } catch (error) {
    display.close();
    process.stderr.write(failureLine(options.out, failureOf(error)));
    return EXIT.failed;
  }
}

function recipeOf(options: TrainCommandOptions, from?: ModelFile): Recipe {
  const { preset, cell, hidden, layers, epochs, rate, threshold } = options;
  return {
    ...(from ? recipeFrom(from, PRESETS[preset]) : PRESETS[preset]),
    ...(cell && { cell }),
    ...(hidden && { hiddenSize: hidden }),
    ...(layers !== undefined && { layers }),
    ...(epochs && { epochs }),
    ...(rate && { peakRate: rate }),
    ...(threshold !== undefined && { threshold }),
  };
}

/** Not to be asked for where training goes on from a model, which has its shape. */
const shape = (flags: string, description: string) => new Option(flags, description).conflicts('from');

function wordList(text: string): string[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
  if (words.length === 0 || new Set(words).size < words.length) {
    throw new InvalidArgumentError('Expected different words such as yes,no.');
  }
  return words;
}

/** The cores, rounded down to a power of two, as batches are. */
const defaultWorkers = (): number =>
  2 ** Math.floor(Math.log2(Math.min(PRESETS.commands.batch, availableParallelism())));

const defaultCache = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'earshot');
