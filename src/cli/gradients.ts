import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { readModel } from '../node/open-model.js';
import { type ModelReach, modelReach } from '../train/model-reach.js';
import { reachReport, reachTable } from '../train/reach-report.js';
import type { BadFile } from '../train/recordings/bad-file.js';
import { tableText } from '../train/report/text-table.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf } from './failure.js';

const EXAMPLES = `
Examples:
  $ earshot gradients elman.safetensors lstm.safetensors gru.safetensors --data clips --report reach.html
  $ earshot gradients commands --data talk.wav --json
`;

interface GradientsCommandOptions {
  data: string[];
  json?: true;
  report?: string;
}

/** Adds `earshot gradients MODEL…` to the program. */
export function addGradientsCommand(program: Command): void {
  program
    .command('gradients')
    .summary('show how far back in time a model learns')
    .description(
      'Shows how far the gradient reaches back through time in each recurrent layer: the norm of dL/dh, L being the\n' +
        'loss of the last step, against the distance from it. docs/vanishing-gradient.md says what it tells.',
    )
    .argument('<models...>', 'models with recurrent layers')
    .requiredOption('--data <paths...>', 'recordings to hear, more than 2 seconds; 64 are enough')
    .option('--json', 'as one array of JSON')
    .option('--report <file>', 'also as a chart, in one HTML file')
    .addHelpText('after', EXAMPLES)
    .action(async (models: string[], options: GradientsCommandOptions) => {
      process.exitCode = await run(models, options);
    });
}

/** @returns the exit code */
async function run(models: readonly string[], { data, json, report }: GradientsCommandOptions): Promise<number> {
  const reaches: ModelReach[] = [];
  const bad = new Map<string, BadFile>();
  for (const model of models) {
    try {
      reaches.push(await modelReach(model, await readModel(model), data, (file) => bad.set(file.path, file)));
    } catch (error) {
      process.stderr.write(failureLine(model, failureOf(error)));
      return EXIT.failed;
    }
  }
  for (const file of bad.values()) process.stderr.write(failureLine(file.path, file));
  if (report !== undefined) {
    try {
      await writeFile(report, await reachReport(reaches));
    } catch (error) {
      process.stderr.write(failureLine(report, failureOf(error)));
      return EXIT.failed;
    }
  }
  process.stdout.write(
    json ? `${JSON.stringify(reaches.map(plain), null, 2)}\n` : `${tableText(reachTable(reaches))}\n`,
  );
  return bad.size === 0 ? EXIT.done : EXIT.failed;
}

const plain = (reach: ModelReach) => ({ ...reach, layers: reach.layers.map((layer) => [...layer]) });
