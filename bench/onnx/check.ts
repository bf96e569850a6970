/**
 * Checks this folder against what PyTorch made: `npx tsx bench/onnx/check.ts [starter folder]`. Whole sequences of
 * two-layer cells in a batch of two, the starter network's posteriors, and the opponent from recorded samples.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Cell } from './gates.js';
import { stackedModel } from './graph.js';
import { pytorchLayers, readNetwork } from './network.js';
import { createOpponent, type Opponent } from './opponent.js';
import { runLayers } from './recurrent.js';
import { loadRuntime, type RuntimeName } from './session.js';

type Nested = number[] | Nested[];

interface ExpectedCells {
  layers: number;
  cells: Record<
    Cell,
    Record<'x' | 'h0' | 'c0' | 'outputs' | 'hN' | 'cN', Nested> & { weights: Record<string, Nested> }
  >;
}

interface ExpectedClip {
  clip: string;
  mfcc: number[][];
  posteriors: number[][];
}

/** The clips' front end: 8 kHz, 256-sample frames every 160 samples. */
const FRAME = 256;
const HOP = 160;

const folder = resolve(process.argv[2] ?? '../shared/starter');
const read = async <T>(name: string): Promise<T> => JSON.parse(await readFile(join(folder, name), 'utf8'));
const expectedCells = await read<ExpectedCells>('cells.json');
const expectedClips = (await read<{ clips: ExpectedClip[] }>('expected.json')).clips;
const model = stackedModel(readNetwork(await readFile(join(folder, 'gru-128x2.safetensors'))));

for (const name of ['node', 'web'] as const) {
  const opponent = await createOpponent(model, name);
  console.log(opponent.name);
  report('cells: outputs and final states', await cellsDifference(name), 1e-5);
  report('starter: posteriors from MFCCs', await mfccDifference(opponent), 1e-4);
  report('starter: posteriors from samples', await samplesDifference(opponent), 1e-4);
  await opponent.dispose();
}

function report(what: string, difference: number, bound: number): void {
  const good = difference <= bound;
  if (!good) process.exitCode = 1;
  console.log(
    `  ${what} differ by at most ${difference.toExponential(1)} (${good ? 'within' : 'NOT WITHIN'} ${bound})`,
  );
}

async function cellsDifference(name: RuntimeName): Promise<number> {
  const runtime = await loadRuntime(name);
  const differences: number[] = [];
  for (const cell of ['rnn', 'gru', 'lstm'] as const) {
    const expected = expectedCells.cells[cell];
    const weights = Object.fromEntries(Object.entries(expected.weights).map(([key, value]) => [key, flat(value)]));
    const layers = pytorchLayers(cell, expectedCells.layers, weights);
    const initial = layers.map((_, i) => ({ h: layerState(expected.h0, i), c: layerState(expected.c0, i) }));
    const { outputs, states } = await runLayers(runtime, layers, flat(expected.x), initial);
    differences.push(
      largestDifference(outputs, flat(expected.outputs)),
      ...states.map(({ h }, i) => largestDifference(h, layerState(expected.hN, i))),
      ...states.map(({ c }, i) => largestDifference(c, layerState(expected.cN, i))),
    );
  }
  return Math.max(...differences);
}

/** Layer `i` of [layers][batch][H]; empty where the cell has no such state. */
function layerState(states: Nested | undefined, i: number): Float32Array {
  return flat((states?.[i] as Nested) ?? []);
}

async function mfccDifference(opponent: Opponent): Promise<number> {
  let most = 0;
  for (const { mfcc, posteriors } of expectedClips) {
    opponent.reset();
    for (const [k, frame] of mfcc.entries()) {
      most = Math.max(most, largestDifference(await opponent.step(Float32Array.from(frame)), posteriors[k]));
    }
  }
  return most;
}

async function samplesDifference(opponent: Opponent): Promise<number> {
  let most = 0;
  for (const { clip, posteriors } of expectedClips) {
    const samples = readSamples(await readFile(join(folder, 'clips', clip)));
    opponent.reset();
    for (const [k, expected] of posteriors.entries()) {
      const frame = samples.subarray(k * HOP, k * HOP + FRAME);
      most = Math.max(most, largestDifference(await opponent.frame(frame), expected));
    }
  }
  return most;
}

/** Samples in [-1, 1] of a 16-bit mono WAV file with the plain 44-byte header, as these clips have. */
function readSamples(file: Uint8Array): Float32Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return Float32Array.from({ length: (file.byteLength - 44) >> 1 }, (_, i) => view.getInt16(44 + 2 * i, true) / 32768);
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`Expected ${b.length} values, got ${a.length}`);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

function flat(values: Nested): Float32Array {
  return Float32Array.from((values as number[][]).flat(3));
}
