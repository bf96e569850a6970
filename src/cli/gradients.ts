import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ModelConfig } from '../config.js';
import { unexpected } from '../errors.js';
import { FusedExtractor } from '../features/fused.js';
import { loadModel } from '../model.js';
import { modelPath } from '../node/open-model.js';
import { readSafetensors } from '../rnn/safetensors.js';
import { soundFiles } from '../train/data/training-files.js';
import { convertRate } from '../train/evaluate/convert-rate.js';
import { readSound } from '../train/evaluate/sound.js';
import { type GradientReach, gradientReach } from '../train/gradient-reach.js';
import { parameterPlan, vectorOf } from '../train/parameters.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf } from './failure.js';

const EXAMPLES = `
Examples:
  $ earshot gradients elman.safetensors lstm.safetensors gru.safetensors --data clips
  $ earshot gradients commands --data talk.wav --json
`;

/** Streams that are averaged over, and how long each is: the loss is that of its end. */
const ROWS = 32;
const SECONDS = 2;
/** Distances that the table shows, in milliseconds. */
const SHOWN_MS = [0, 40, 80, 120, 200, 320, 480, 720, 1000, 1400, 1880];

interface ModelReach extends GradientReach {
  readonly model: string;
  readonly cell: ModelConfig['cell'];
}

/** Adds `earshot gradients MODEL…` to the program. */
export function addGradientsCommand(program: Command): void {
  program
    .command('gradients')
    .summary('show how far back in time a model learns')
    .description(
      'Shows how far the gradient reaches back through time in each recurrent layer: the norm of dL/dh, L being the\n' +
        'loss of the last step, against the distance from it.',
    )
    .argument('<models...>', 'models with 32-bit weights')
    .requiredOption('--data <paths...>', 'recordings to hear; 64 seconds are enough')
    .option('--json', 'as one array of JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (models: string[], { data, json = false }: { data: string[]; json?: boolean }) => {
      process.exitCode = await run(models, data, json);
    });
}

/** @returns the exit code */
async function run(models: readonly string[], data: readonly string[], json: boolean): Promise<number> {
  const reaches: ModelReach[] = [];
  for (const model of models) {
    try {
      reaches.push(await reachOf(model, data));
    } catch (error) {
      process.stderr.write(failureLine(model, failureOf(error)));
      return EXIT.failed;
    }
  }
  process.stdout.write(json ? `${JSON.stringify(reaches.map(plain), null, 2)}\n` : reachTable(reaches));
  return EXIT.done;
}

const plain = (reach: ModelReach) => ({ ...reach, layers: reach.layers.map((layer) => [...layer]) });

async function reachOf(name: string, data: readonly string[]): Promise<ModelReach> {
  const bytes = await readFile(modelPath(name));
  const { config } = await loadModel(bytes);
  const { tensors } = readSafetensors(bytes);
  const statistics = {
    mean: tensors.get('feature_mean')?.values as Float32Array,
    deviation: tensors.get('feature_std')?.values as Float32Array,
  };
  const parameters = vectorOf(parameterPlan(config), tensors);
  const features = await someFeatures(config, data);
  const reach = await gradientReach({ config, parameters, statistics, features, rows: ROWS });
  return { model: name, cell: config.cell, ...reach };
}

/** MFCCs of the first recordings, one after another and cut into streams, [frames][rows][coefficients]. */
async function someFeatures(config: ModelConfig, paths: readonly string[]): Promise<Float32Array> {
  const { sampleRate, hopSamples, frameSamples, coefficients } = config;
  const frames = (SECONDS * sampleRate) / hopSamples;
  const length = (frames - 1) * hopSamples + frameSamples;
  const sound = new Float32Array(ROWS * length);
  let filled = 0;
  for (const path of await soundFiles(paths)) {
    if (filled === sound.length) break;
    const samples = convertRate(await readSound(path), sampleRate).subarray(0, sound.length - filled);
    sound.set(samples, filled);
    filled += samples.length;
  }
  if (filled === 0) throw unexpected('EARSHOT_BAD_ARGUMENT', 'data', 'recordings', 'none');
  const extractor = new FusedExtractor(config);
  const features = new Float32Array(frames * ROWS * coefficients);
  for (let row = 0; row < ROWS; row++) {
    for (let t = 0; t < frames; t++) {
      extractor.extract(sound, row * length + t * hopSamples, features, (t * ROWS + row) * coefficients);
    }
  }
  return features;
}

/** A line a distance, a column a layer. */
export function reachTable(reaches: readonly ModelReach[]): string {
  const columns = reaches.flatMap(({ model, cell, stepSeconds, layers }) =>
    layers.map((layer, n) => {
      const cells = SHOWN_MS.map((ms) => layer[Math.round(ms / 1000 / stepSeconds)]?.toExponential(1) ?? '');
      return [`${model} ${cell} ${n + 1}`, ...cells];
    }),
  );
  const table = [['ms back', ...SHOWN_MS.map(String)], ...columns];
  const widths = table.map((column) => Math.max(...column.map((cell) => cell.length)));
  const lines = table[0].map((_, line) => table.map((column, n) => column[line].padStart(widths[n])).join('  '));
  return `${lines.join('\n')}\n`;
}
