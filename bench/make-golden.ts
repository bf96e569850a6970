/**
 * Writes test/golden/cells.json: two-layer Elman, LSTM and GRU networks with random weights, and what onnxruntime's
 * own RNN, LSTM and GRU operators make of a random sequence. Run by hand, after
 * `npm ci --prefix bench --ignore-scripts`: `npx tsx bench/make-golden.ts`.
 *
 * The same formulas written out below in float64 must agree, or nothing is written.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { Random } from '../src/train/random.js';
import { type Cell, gateCount } from './onnx/gates.js';
import { pytorchLayers, type RecurrentLayer } from './onnx/network.js';
import { runLayers } from './onnx/recurrent.js';
import { loadRuntime } from './onnx/session.js';

const FILE = new URL('../test/golden/cells.json', import.meta.url);
const SEED = 20260101;
const STEPS = 12;
const LAYERS = 2;
/** One small, one that is a multiple of no vector width. */
const SIZES = [
  { input: 5, hidden: 8 },
  { input: 20, hidden: 33 },
];
const VARIANTS: { cell: Cell; linearBeforeReset?: boolean }[] = [
  { cell: 'rnn' },
  { cell: 'lstm' },
  { cell: 'gru', linearBeforeReset: true },
  { cell: 'gru', linearBeforeReset: false },
];
/** How far float32 in onnxruntime (whose sigmoid and tanh are approximations) may be from float64. */
const TOLERANCE = 1e-5;

const NOTE = [
  'Weights: PyTorch names, shapes and gate order (GRU r, z, n; LSTM i, f, g, o); rnn is Elman with tanh.',
  'x is [steps][input]; h0, c0, hN, cN are [layers][hidden]; outputs, of the last layer, is [steps][hidden].',
  'linearBeforeReset true: n = tanh(W x + b_ih + r * (U h + b_hh)); false: n = tanh(W x + b_ih + U (r * h) + b_hh).',
  'All values are float32: round each number with Math.fround to have exactly the value that was used or computed.',
];

const random = Random.fromState(SEED);

/** float32 values in ±`range`, of three decimals to keep the file short. */
function uniform(size: number, range: number): Float32Array {
  return Float32Array.from({ length: size }, () => Math.round(random.between(-1, 1) * range * 1e3) / 1e3);
}

/** Weights in ±2/√hidden: twice PyTorch's initial range, so that the gates leave their linear part. */
function randomWeights(cell: Cell, input: number, hidden: number): Record<string, Float32Array> {
  const rows = gateCount(cell) * hidden;
  const range = 2 / Math.sqrt(hidden);
  const weights: Record<string, Float32Array> = {};
  for (let layer = 0; layer < LAYERS; layer++) {
    weights[`weight_ih_l${layer}`] = uniform(rows * (layer === 0 ? input : hidden), range);
    weights[`weight_hh_l${layer}`] = uniform(rows * hidden, range);
    weights[`bias_ih_l${layer}`] = uniform(rows, range);
    weights[`bias_hh_l${layer}`] = uniform(rows, range);
  }
  return weights;
}

const sigmoid = (a: number) => 1 / (1 + Math.exp(-a));

/** One step of one layer in float64, straight from the formulas of PyTorch's documentation. Updates h and c. */
function plainStep(layer: RecurrentLayer, x: ArrayLike<number>, h: number[], c: number[]): void {
  const H = layer.hiddenSize;
  const dot = (w: Float32Array, row: number, v: ArrayLike<number>) =>
    Array.from(v).reduce((sum, value, i) => sum + w[row * v.length + i] * value, 0);
  const W = (gate: number, j: number) => dot(layer.weightIh, gate * H + j, x) + layer.biasIh[gate * H + j];
  const U = (gate: number, j: number, v = h) => dot(layer.weightHh, gate * H + j, v) + layer.biasHh[gate * H + j];
  const both = (gate: number) => h.map((_, j) => W(gate, j) + U(gate, j));
  let next: number[];
  if (layer.cell === 'rnn') {
    next = both(0).map(Math.tanh);
  } else if (layer.cell === 'lstm') {
    const [i, f, g, o] = [both(0).map(sigmoid), both(1).map(sigmoid), both(2).map(Math.tanh), both(3).map(sigmoid)];
    for (let j = 0; j < H; j++) c[j] = f[j] * c[j] + i[j] * g[j];
    next = o.map((gate, j) => gate * Math.tanh(c[j]));
  } else {
    const [r, z] = [both(0).map(sigmoid), both(1).map(sigmoid)];
    const resetState = r.map((gate, j) => gate * h[j]);
    const hidden = (j: number) => (layer.linearBeforeReset ? r[j] * U(2, j) : U(2, j, resetState));
    next = z.map((gate, j) => (1 - gate) * Math.tanh(W(2, j) + hidden(j)) + gate * h[j]);
  }
  next.forEach((value, j) => {
    h[j] = value;
  });
}

/** The whole stack over the sequence in float64: outputs of the last layer, then h and c of every layer. */
function plainSequence(layers: RecurrentLayer[], x: Float32Array, h0: Float32Array[], c0: Float32Array[]): number[] {
  const h = h0.map((state) => Array.from(state));
  const c = c0.map((state) => Array.from(state));
  const outputs: number[] = [];
  const { inputSize } = layers[0];
  for (let start = 0; start < x.length; start += inputSize) {
    layers.forEach((layer, i) => {
      plainStep(layer, i === 0 ? x.subarray(start, start + inputSize) : h[i - 1], h[i], c[i]);
    });
    outputs.push(...h[layers.length - 1]);
  }
  return [...outputs, ...h.flat(), ...c.flat()];
}

/** A float32's shortest decimal that is rounded to the same float32. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9));
}

const list = (values: Float32Array): number[] => Array.from(values, shortest);

const matrix = (values: Float32Array, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, row) =>
    list(values.subarray(row * columns, (row + 1) * columns)),
  );

const runtime = await loadRuntime('node');

async function makeCase({ cell, linearBeforeReset = true }: (typeof VARIANTS)[number], size: (typeof SIZES)[number]) {
  const { input, hidden } = size;
  const weights = randomWeights(cell, input, hidden);
  const layers = pytorchLayers(cell, LAYERS, weights, '', linearBeforeReset);
  const x = uniform(STEPS * input, 2);
  const h0 = layers.map(() => uniform(hidden, 1));
  const c0 = layers.map(() => uniform(cell === 'lstm' ? hidden : 0, 1.5));
  const initial = layers.map((_, i) => ({ h: h0[i], c: c0[i] }));
  const { outputs, states } = await runLayers(runtime, layers, x, initial);

  const name = cell === 'gru' ? `gru, linear ${linearBeforeReset ? 'before' : 'after'} reset` : cell;
  const measured = [outputs, ...states.map(({ h }) => h), ...states.map(({ c }) => c)].flatMap((a) => Array.from(a));
  const plain = plainSequence(layers, x, h0, c0);
  const difference = Math.max(...plain.map((value, i) => Math.abs(value - measured[i])));
  console.log(`${name}, ${input} inputs, ${hidden} units: onnxruntime differs by ${difference.toExponential(1)}`);
  // Not `>`: a NaN must fail too.
  if (plain.length !== measured.length || !(difference <= TOLERANCE)) throw new Error('Expected both to agree');

  const columns = (key: string) => (key === 'weight_ih_l0' ? input : hidden);
  return {
    cell,
    ...(cell === 'gru' ? { linearBeforeReset } : {}),
    input,
    hidden,
    layers: LAYERS,
    steps: STEPS,
    weights: Object.fromEntries(
      Object.entries(weights).map(([key, w]) => [key, key.startsWith('weight') ? matrix(w, columns(key)) : list(w)]),
    ),
    x: matrix(x, input),
    h0: h0.map(list),
    ...(cell === 'lstm' ? { c0: c0.map(list) } : {}),
    outputs: matrix(outputs, hidden),
    hN: states.map(({ h }) => list(h)),
    ...(cell === 'lstm' ? { cN: states.map(({ c }) => list(c)) } : {}),
  };
}

const cases: object[] = [];
for (const size of SIZES) for (const variant of VARIANTS) cases.push(await makeCase(variant, size));

const head = JSON.stringify(
  {
    source: `${runtime.name}, operators RNN, LSTM, GRU (operator set 17), CPU, float32`,
    madeBy: `bench/make-golden.ts, seed ${SEED}; checked there within ${TOLERANCE} against float64`,
    note: NOTE,
  },
  null,
  2,
);
const body = cases.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
const text = `${head.slice(0, -2)},\n  "cases": [\n${body}\n  ]\n}\n`;
await mkdir(new URL('.', FILE), { recursive: true });
await writeFile(FILE, text);
console.log(`test/golden/cells.json: ${cases.length} cases, ${Math.round(text.length / 1000)} kB`);
