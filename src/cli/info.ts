import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { type DecisionConfig, sustainedThreshold } from '../config.js';
import { type ModelInfo, modelInfo } from '../model-info.js';
import { DEFAULT_MODEL, modelPath, openModel } from '../node/open-model.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf } from './failure.js';

const EXAMPLES = `
Examples:
  $ earshot info
  $ earshot info my-model.safetensors
  $ earshot info --json | jq .multiplyAddsPerSecond
`;

/** What `earshot info` tells: the model, and how large its file is. */
export type FileInfo = ModelInfo & { path: string; bytes: number };

/** Adds `earshot info [MODEL]` to the program. */
export function addInfoCommand(program: Command): void {
  program
    .command('info')
    .summary('describe a model')
    .description('Describes a model: its labels, its size, what it hears and what it costs.')
    .argument('[model]', 'path of a model, or the name of one that comes with Earshot', DEFAULT_MODEL)
    .option('--json', 'as one object of JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, { json = false }: { json?: boolean }) => {
      process.exitCode = await describe(model, json);
    });
}

/** @returns the exit code */
async function describe(name: string, json: boolean): Promise<number> {
  try {
    const info = await infoOf(name);
    process.stdout.write(json ? `${JSON.stringify(info, null, 2)}\n` : infoText(info));
    return EXIT.done;
  } catch (error) {
    process.stderr.write(failureLine(name, failureOf(error)));
    return EXIT.failed;
  }
}

async function infoOf(name: string): Promise<FileInfo> {
  const info = modelInfo(await openModel(name));
  const path = modelPath(name);
  return { ...info, path, bytes: (await stat(path)).size };
}

/** For people: a line a fact, and a table of the layers. */
export function infoText(info: FileInfo): string {
  const facts = Object.entries(factsOf(info));
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = facts.map(([name, fact]) => `  ${name.padEnd(width)}  ${fact}`);
  return `${[info.name, ...lines, '', ...layerTable(info)].join('\n')}\n`;
}

function factsOf(info: FileInfo): Record<string, string> {
  const { frontEnd: front, decision } = info;
  const own = Object.entries(decision.thresholds).map(([label, threshold]) => `, ${label} ${threshold}`);
  return {
    file: `${info.path} (${whole(info.bytes)} bytes, format ${info.formatVersion})`,
    fingerprint: info.fingerprint,
    labels: info.labels.join(', '),
    hears: `${whole(front.sampleRate)} Hz; any other rate is resampled`,
    frame: `${front.frameSamples} samples (${front.frameMilliseconds} ms) every ${front.hopSamples} (${front.hopMilliseconds} ms)`,
    features: `${front.coefficients} MFCCs of ${front.melBands} mel bands, gain ${front.inputGain}`,
    threshold: `${decision.threshold}${own.join('')}, mean of ${frames(decision.smoothingFrames)}`,
    'at least': atLeast(decision),
    refractory: `${frames(decision.refractoryFrames)} after a detection`,
    'whole clip': `mean of the last ${frames(decision.clipFrames)}`,
    parameters: whole(info.parameters),
    'multiply-adds': `${whole(info.multiplyAddsPerFrame)} a frame, ${whole(info.multiplyAddsPerSecond)} a second`,
    'one stream': `${whole(info.snapshotBytes)} bytes as a snapshot`,
    licence: info.licence,
    'trained on': info.trainingData,
  };
}

function atLeast({ threshold, minimumFrames, sustainedFrames }: DecisionConfig): string {
  const atOnce = `${frames(minimumFrames)} at the threshold`;
  if (sustainedFrames === 0) return atOnce;
  return `${atOnce}, or ${frames(sustainedFrames)} at ${sustainedThreshold(threshold).toFixed(2)}`;
}

function layerTable({ layers }: FileInfo): string[] {
  const head = ['layer', 'in', 'out', 'parameters', 'multiply-adds', 'every'];
  const rows = layers.map(({ name, inputs, outputs, parameters, multiplyAdds, everyFrames }) => {
    return [name, whole(inputs), whole(outputs), whole(parameters), whole(multiplyAdds), frames(everyFrames)];
  });
  const table = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) => {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])));
    return `  ${cells.join('  ')}`;
  });
}

const whole = (n: number): string => Math.round(n).toLocaleString('en-GB');

const frames = (n: number): string => (n === 1 ? '1 frame' : `${n} frames`);
