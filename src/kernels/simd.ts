import {
  activationMax,
  type Kernels,
  LARGEST_SAMPLE,
  type Linear,
  type LinearWeights,
  type MfccTables,
  type ResamplerTables,
} from './kernels.js';
import { KernelMemory, type MemoryHost } from './memory.js';
import { KERNELS_WASM } from './simd/bytes.js';

/** Kernels in WebAssembly with 128-bit SIMD, or undefined where the host has none (or its policy forbids it). */
export async function simdKernels(): Promise<Kernels | undefined> {
  try {
    const module = await WebAssembly.compile(KERNELS_WASM);
    return new SimdKernels(module);
  } catch {
    return undefined;
  }
}

/** Rows of a block of 32-bit and of 8-bit weights in assembly.ts; all are padded to a multiple of the smaller. */
const BLOCK_ROWS = 32;
const INT8_BLOCK_ROWS = 16;
/** Streams whose rounded inputs assembly.ts lays side by side. */
const STREAMS_AT_ONCE = 4;
/** What assembly.ts reads beyond the weights that it needs. */
const PREFETCH_BYTES = 2176;

const padRows = (rows: number): number => Math.ceil(rows / INT8_BLOCK_ROWS) * INT8_BLOCK_ROWS;

/** What assembly.ts exports; all arguments are numbers. */
type Exports = Record<
  'linear' | 'linear8' | 'elman' | 'gru' | 'gruReset' | 'gruBlend' | 'lstm' | 'scale' | 'resample' | 'mfcc',
  (...values: number[]) => void
> & { copySamples(from: number, count: number, to: number, most: number): number };

class SimdKernels implements Kernels {
  readonly name = 'simd';
  readonly memory: KernelMemory;
  readonly #wasm: Exports;
  #scratch = 0;
  #scratchBytes = 0;

  constructor(module: WebAssembly.Module) {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    this.#wasm = instance.exports as Exports;
    this.memory = new KernelMemory(new WasmHost(memory));
  }

  linearFrom(weights: LinearWeights): Linear {
    const { rows, columns, values, bias, scales, relu = false } = weights;
    const padded = padRows(rows);
    const address = values instanceof Int8Array ? this.#packInt8(weights, values) : this.#pack(weights, values);
    return {
      rows,
      columns,
      outputStride: padded * 4,
      weights: address,
      bias: this.#vector(padded, bias),
      scales: scales ? this.#vector(padded, scales) : 0,
      relu,
    };
  }

  #pack({ rows, columns }: LinearWeights, values: Float32Array): number {
    const padded = padRows(rows);
    const address = this.memory.allocate(padded * columns * 4 + PREFETCH_BYTES);
    const { f32 } = this.memory;
    for (let r = 0; r < rows; r++) {
      const first = Math.floor(r / BLOCK_ROWS) * BLOCK_ROWS;
      const width = Math.min(BLOCK_ROWS, padded - first);
      const at = (address >> 2) + first * columns + (r - first);
      for (let c = 0; c < columns; c++) f32[at + c * width] = values[r * columns + c];
    }
    return address;
  }

  #packInt8({ rows, columns }: LinearWeights, values: Int8Array): number {
    const evenColumns = columns + (columns % 2);
    const address = this.memory.allocate(padRows(rows) * evenColumns);
    this.#reserveScratch(STREAMS_AT_ONCE * evenColumns * 2);
    const { i8 } = this.memory;
    for (let r = 0; r < rows; r++) {
      const block = Math.floor(r / INT8_BLOCK_ROWS) * INT8_BLOCK_ROWS * evenColumns;
      for (let c = 0; c < columns; c++) {
        const pair = Math.floor(c / 2) * INT8_BLOCK_ROWS * 2;
        i8[address + block + pair + (r % INT8_BLOCK_ROWS) * 2 + (c % 2)] = values[r * columns + c];
      }
    }
    return address;
  }

  #reserveScratch(bytes: number): void {
    if (bytes <= this.#scratchBytes) return;
    this.#scratch = this.memory.allocate(bytes);
    this.#scratchBytes = bytes;
  }

  #vector(length: number, values?: Float32Array): number {
    const address = this.memory.allocate(length * 4);
    if (values) this.memory.f32.set(values, address >> 2);
    return address;
  }

  linear(l: Linear, inputs: number, n: number, out: number): void {
    const relu = l.relu ? 1 : 0;
    const rows = l.outputStride / 4;
    if (l.scales === 0) {
      this.#wasm.linear(l.weights, l.bias, inputs, n, out, l.outputStride, rows, l.columns, relu);
    } else {
      const most = activationMax(l.columns);
      this.#wasm.linear8(
        l.weights,
        l.scales,
        l.bias,
        inputs,
        n,
        out,
        l.outputStride,
        rows,
        l.columns,
        most,
        relu,
        this.#scratch,
      );
    }
  }

  elman(n: number, hidden: number, x: number, u: number, stride: number, states: number): void {
    this.#wasm.elman(n, hidden, x, u, stride, states);
  }

  gru(n: number, hidden: number, x: number, u: number, stride: number, states: number): void {
    this.#wasm.gru(n, hidden, x, u, stride, states);
  }

  gruReset(
    n: number,
    hidden: number,
    x: number,
    xStride: number,
    u: number,
    uStride: number,
    states: number,
    results: number,
  ): void {
    this.#wasm.gruReset(n, hidden, x, xStride, u, uStride, states, results);
  }

  gruBlend(
    n: number,
    hidden: number,
    x: number,
    xStride: number,
    u: number,
    uStride: number,
    c: number,
    cStride: number,
    states: number,
  ): void {
    this.#wasm.gruBlend(n, hidden, x, xStride, u, uStride, c, cStride, states);
  }

  lstm(n: number, hidden: number, x: number, u: number, stride: number, hStates: number, cStates: number): void {
    this.#wasm.lstm(n, hidden, x, u, stride, hStates, cStates);
  }

  copySamples(from: number, count: number, to: number): number {
    return this.#wasm.copySamples(from, count, to, LARGEST_SAMPLE);
  }

  scale(samples: number, count: number, factor: number): void {
    this.#wasm.scale(samples, count, factor);
  }

  resample(r: ResamplerTables, history: number, phase: number, count: number, out: number): void {
    this.#wasm.resample(r.filter, r.taps, r.phases, r.step, r.tableRows, history, phase, count, out);
  }

  mfcc(t: MfccTables, samples: number, out: number): void {
    this.#wasm.mfcc(
      t.frameSamples,
      t.melBands,
      t.bandPairs,
      t.coefficients,
      t.window,
      t.twiddles,
      t.bands,
      t.weights,
      t.cosines,
      t.spectra,
      t.powers,
      t.energies,
      t.pairs,
      samples,
      out,
    );
  }
}

class WasmHost implements MemoryHost {
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  get buffer(): ArrayBuffer {
    return this.#memory.buffer;
  }

  grow(bytes: number): void {
    this.#memory.grow(Math.ceil((bytes - this.buffer.byteLength) / PAGE_BYTES));
  }
}

const PAGE_BYTES = 65536;
