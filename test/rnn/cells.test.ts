import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Kernels, LinearWeights } from '../../src/kernels/kernels.ts';
import { SlotLayout } from '../../src/kernels/slot.ts';
import { ElmanLayer } from '../../src/rnn/elman.ts';
import { GruLayer, GruResetFirstLayer } from '../../src/rnn/gru.ts';
import { LstmLayer } from '../../src/rnn/lstm.ts';
import type { RecurrentLayer } from '../../src/rnn/recurrent.ts';
import { bothKernels, take, worst } from '../helpers/kernels.ts';

type Matrix = number[][];

/** One stream through a stack of layers, with what another implementation makes of it. */
interface Golden {
  cell: 'rnn' | 'gru' | 'lstm';
  linearBeforeReset: boolean;
  hidden: number;
  weights: Record<string, Matrix | number[]>;
  /** One a stream: [step][input]. */
  x: Matrix[];
  /** One a stream: [layer][hidden]; c0 and cN for LSTM only. */
  h0: Matrix[];
  c0?: Matrix[];
  /** One a stream, of the last layer: [step][hidden]. */
  outputs: Matrix[];
  hN: Matrix[];
  cN?: Matrix[];
}

const readJson = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8'));

type Cell = Golden['cell'];
type Weights = Golden['weights'];

/** Made with onnxruntime by bench/make-golden.ts: one stream each. */
function onnxruntimeCases(): Golden[] {
  interface Case {
    cell: Cell;
    linearBeforeReset?: boolean;
    hidden: number;
    weights: Weights;
    x: Matrix;
    h0: Matrix;
    c0?: Matrix;
    outputs: Matrix;
    hN: Matrix;
    cN?: Matrix;
  }
  const { cases } = readJson('cells.json') as { cases: Case[] };
  return cases.map(({ cell, linearBeforeReset = true, hidden, weights, x, h0, c0, outputs, hN, cN }) => ({
    cell,
    linearBeforeReset,
    hidden,
    weights,
    x: [x],
    h0: [h0],
    outputs: [outputs],
    hN: [hN],
    ...(c0 && cN && { c0: [c0], cN: [cN] }),
  }));
}

/** Made with PyTorch: batches of two streams, which stand in the second dimension there. */
function pytorchCases(): Golden[] {
  type Batched = Record<'x' | 'h0' | 'outputs' | 'hN', Matrix[]> & { weights: Weights; c0?: Matrix[]; cN?: Matrix[] };
  const file = readJson('pytorch-cells.json') as { cells: Record<Cell, Batched>; hidden: number; batch: number };
  const streams = (values: Matrix[]) => Array.from({ length: file.batch }, (_, s) => values.map((step) => step[s]));
  return Object.entries(file.cells).map(([cell, { weights, x, h0, c0, outputs, hN, cN }]) => ({
    cell: cell as Cell,
    linearBeforeReset: true,
    hidden: file.hidden,
    weights,
    x: streams(x),
    h0: streams(h0),
    outputs: streams(outputs),
    hN: streams(hN),
    ...(c0 && cN && { c0: streams(c0), cN: streams(cN) }),
  }));
}

interface Layer {
  layer: RecurrentLayer;
  /** Byte offset of the cell state of an LSTM, the last field that it reserves. */
  cell: number;
}

class Stack {
  readonly layers: Layer[] = [];
  readonly input: number;
  readonly #layout = new SlotLayout();
  readonly #kernels: Kernels;
  readonly #slots: Int32Array;

  constructor(kernels: Kernels, { cell, linearBeforeReset, hidden, weights, x, h0 }: Golden) {
    this.#kernels = kernels;
    const inputSize = x[0][0].length;
    this.input = this.#layout.float32(inputSize);
    const gru = linearBeforeReset ? GruLayer : GruResetFirstLayer;
    const LayerClass = { rnn: ElmanLayer, gru, lstm: LstmLayer }[cell];
    let source = { output: this.input, outputSize: inputSize, step: (_: Int32Array, n: number) => n };
    h0[0].forEach((_, l) => {
      const map = (part: 'ih' | 'hh'): LinearWeights => {
        const matrix = weights[`weight_${part}_l${l}`] as Matrix;
        return {
          rows: matrix.length,
          columns: matrix[0].length,
          values: Float32Array.from(matrix.flat()),
          bias: Float32Array.from(weights[`bias_${part}_l${l}`] as number[]),
        };
      };
      const layer = new LayerClass(kernels, this.#layout, source, { input: map('ih'), hidden: map('hh') }, hidden);
      this.layers.push({ layer, cell: this.#layout.bytes - Math.ceil(hidden / 4) * 16 });
      source = layer;
    });
    this.#slots = Int32Array.from(x, () => kernels.memory.allocate(this.#layout.bytes));
  }

  /** Steps all streams by one input each; returns the outputs of the last layer. */
  step(inputs: Matrix): Float32Array[] {
    inputs.forEach((x, s) => {
      this.set(s, this.input, x);
    });
    const last = this.layers[this.layers.length - 1].layer;
    for (const { layer } of this.layers) expect(layer.step(this.#slots, inputs.length)).toBe(inputs.length);
    return inputs.map((_, s) => this.get(s, last.output, last.outputSize));
  }

  set(stream: number, offset: number, values: readonly number[]): void {
    this.#kernels.memory.f32.set(values, (this.#slots[stream] + offset) >> 2);
  }

  get(stream: number, offset: number, count: number): Float32Array {
    return take(this.#kernels, this.#slots[stream] + offset, count);
  }

  cellState(stream: number, layer: number): Float32Array {
    return this.layers[layer].layer.inspect(this.#slots[stream]).cellState!;
  }
}

const label = ({ cell, linearBeforeReset, x, hidden }: Golden): string =>
  `${cell === 'gru' ? `gru, linear ${linearBeforeReset ? 'before' : 'after'} reset` : cell} (${x[0][0].length} to ${hidden})`;

for (const kernels of await bothKernels()) {
  for (const [maker, cases] of [
    ['onnxruntime', onnxruntimeCases()],
    ['PyTorch', pytorchCases()],
  ] as const) {
    describe(`stepped frame by frame with the ${kernels.name} kernels, within 1e-5 of ${maker}'s whole sequence`, () => {
      test.each(cases.map((one) => [label(one), one] as const))('%s', (_, one) => {
        const stack = new Stack(kernels, one);
        stack.layers.forEach(({ layer, cell }, l) => {
          one.x.forEach((_, s) => {
            stack.set(s, layer.output, one.h0[s][l]);
            if (one.c0) stack.set(s, cell, one.c0[s][l]);
          });
        });
        const differences: number[] = [];
        one.x[0].forEach((_, t) => {
          stack.step(one.x.map((stream) => stream[t])).forEach((output, s) => {
            differences.push(worst(output, one.outputs[s][t]));
          });
        });
        stack.layers.forEach(({ layer }, l) => {
          one.x.forEach((_, s) => {
            differences.push(worst(stack.get(s, layer.output, one.hidden), one.hN[s][l]));
            if (one.cN) differences.push(worst(stack.cellState(s, l), one.cN[s][l]));
          });
        });
        expect(differences.length).toBeGreaterThan(one.x[0].length);
        expect(Math.max(...differences)).toBeLessThanOrEqual(1e-5);
      });
    });
  }
}

test('the golden cases hold every cell, both conventions of the GRU, and a size that is no multiple of a vector', () => {
  const names = onnxruntimeCases().map(label);
  expect(names).toEqual(
    [5, 20].flatMap((input) =>
      ['rnn', 'lstm', 'gru, linear before reset', 'gru, linear after reset'].map(
        (name) => `${name} (${input} to ${input === 5 ? 8 : 33})`,
      ),
    ),
  );
});
