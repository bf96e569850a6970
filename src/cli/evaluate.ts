import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { readModel } from '../node/open-model.js';
import { DEFAULT_SEED, DEFAULT_SNR_DB } from '../train/evaluate/evaluate.js';
import {
  type BadFile,
  type Calibration,
  calibrate,
  type Evaluation,
  evaluate,
  htmlReport,
  SPLITS,
  type Split,
  textReport,
  withThresholds,
} from '../train/evaluate/index.js';
import { endOnSignals } from './endings.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf } from './failure.js';
import { numberFrom0, numberList, wholeNumber } from './numbers.js';
import { type Outlets, openOutlets } from './outlets.js';

const EXAMPLES = `
Examples:
  $ earshot evaluate commands --data speech_commands --split testing
  $ earshot evaluate mine.safetensors --data words --negatives talks --report mine.html
  $ earshot evaluate mine.safetensors --data list.tsv --split validation
  $ earshot evaluate mine.safetensors --data words --noise kitchen street --snr 20,10,0 --json
  $ earshot evaluate mine.safetensors --data words --negatives talks \\
      --calibrate --target-fa-per-hour 1 --out calibrated.safetensors
`;

/** What commander makes of the options. */
interface EvaluateCommandOptions {
  data: string[];
  split?: Split;
  negatives?: string[];
  noise?: string[];
  snr?: number[];
  seed: number;
  workers: number;
  json?: true;
  report?: string;
  calibrate?: true;
  targetFaPerHour?: number;
  out?: string;
}

/** Adds `earshot evaluate MODEL` to the program. */
export function addEvaluateCommand(program: Command): void {
  const command = program
    .command('evaluate')
    .summary('measure how well a model does')
    .description(
      'Measures a model: its accuracy on clips, alone and as a stream; words that it misses in streams and what it hears\n' +
        'where nothing was said; its accuracy in noise. docs/evaluation.md defines every figure.',
    )
    .argument('<model>', 'path of a model, or the name of one that comes with Earshot')
    .requiredOption('--data <paths...>', 'clips: a folder a label, others count as _unknown_; or lists (.tsv, .jsonl)')
    .addOption(new Option('--split <name>', 'only this part, by the rule of Speech Commands').choices([...SPLITS]))
    .option('--negatives <dirs...>', 'recordings without keywords, for false accepts an hour')
    .option('--noise <dirs...>', 'recordings of noise to mix with the clips')
    .option(
      '--snr <decibels>',
      `signal-to-noise ratios, with commas between them (default: ${DEFAULT_SNR_DB})`,
      numberList,
    )
    .option('--seed <n>', 'where every random choice begins', wholeNumber(0), DEFAULT_SEED)
    .option('--workers <n>', 'threads; they change nothing but the time', wholeNumber(1), availableParallelism())
    .option('--json', 'as one object of JSON')
    .option('--report <file>', 'also write a report with charts, as one HTML file')
    .option('--calibrate', 'choose a threshold for each label')
    .option(
      '--target-fa-per-hour <n>',
      'false accepts an hour, all labels together, that thresholds may cost',
      numberFrom0,
    )
    .option('--out <file>', 'where to write the model with these thresholds')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, options: EvaluateCommandOptions) => {
      checkUsage(options, (message) => command.error(`error: ${message}`));
      process.exitCode = await run(model, options);
    });
}

function checkUsage(options: EvaluateCommandOptions, reject: (message: string) => never): void {
  const { calibrate, targetFaPerHour, out, negatives } = options;
  if (options.snr && !options.noise) reject('--snr needs --noise');
  if (!calibrate && (targetFaPerHour !== undefined || out !== undefined)) {
    reject('--target-fa-per-hour and --out need --calibrate');
  }
  if (calibrate && (targetFaPerHour === undefined || out === undefined || negatives === undefined)) {
    reject('--calibrate needs --target-fa-per-hour, --out and --negatives');
  }
}

/** @returns the exit code */
async function run(model: string, options: EvaluateCommandOptions): Promise<number> {
  const outlets = openOutlets();
  endOnSignals(outlets);
  try {
    const evaluation = await measure(model, options, outlets);
    return evaluation.badFiles.length === 0 ? EXIT.done : EXIT.failed;
  } catch (error) {
    await outlets.messages.write(failureLine(model, failureOf(error)));
    return EXIT.failed;
  }
}

async function measure(model: string, options: EvaluateCommandOptions, outlets: Outlets): Promise<Evaluation> {
  const bytes = await readModel(model);
  const { data, split, negatives = [], noise = [], snr, seed, workers } = options;
  const onBadFile = (file: BadFile): void => void outlets.messages.write(failureLine(file.path, file));
  const snrDb = snr && { snrDb: snr };
  const evaluation = await evaluate({
    model: bytes,
    data,
    split,
    negatives,
    noise,
    ...snrDb,
    seed,
    workers,
    onBadFile,
  });
  const { targetFaPerHour, out, report, json } = options;
  let calibration: Calibration | undefined;
  try {
    if (targetFaPerHour !== undefined) calibration = calibrate(evaluation, targetFaPerHour);
    if (calibration && out !== undefined) await writeFile(out, withThresholds(bytes, calibration.thresholds));
  } finally {
    // Whatever goes wrong after the long work of measuring, its result is told.
    await outlets.results.write(resultText(evaluation, calibration, json));
    if (report !== undefined) await writeFile(report, await htmlReport(evaluation));
  }
  return evaluation;
}

function resultText(evaluation: Evaluation, calibration: Calibration | undefined, json: true | undefined): string {
  if (json) return `${JSON.stringify({ ...evaluation, ...(calibration && { calibration }) }, null, 2)}\n`;
  return `${textReport(evaluation)}${calibration ? calibrationText(calibration) : ''}`;
}

function calibrationText({ thresholds, falseAcceptsPerHour, falseRejectRate }: Calibration): string {
  const each = Object.entries(thresholds).map(([label, threshold]) => `${label} ${threshold}`);
  const cost = `FRR ${(100 * falseRejectRate).toFixed(1)} % at ${falseAcceptsPerHour.toFixed(1)} FA/h`;
  return `\nCalibrated: ${each.join(', ')}\n  ${cost} on these recordings; evaluate it on others\n`;
}
