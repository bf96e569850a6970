import { TRAINING_RELAXED_WASM, TRAINING_WASM } from './bytes.js';
import { canFuse, joinVectors } from './v8.js';

/**
 * Single-precision arithmetic of training, in WebAssembly SIMD. All arguments are byte addresses in the memory they
 * were made with, strides in bytes or counts; matrices lie row by row. The streams of a batch are the rows. Unless
 * said otherwise lengths of rows and vectors are multiples of 4 floats.
 */
export interface TrainingKernels {
  /** Packs B (k x n, any strides: a transpose is a swap of them) for `multiply`; `packedFloats(k, n)` floats at `out`. */
  pack(b: number, rowStride: number, columnStride: number, k: number, n: number, out: number): void;
  /**
   * C = S + A B: A is m x k of any strides, B packed. S has rows of `startStride` bytes: it may be C, or one row, such as a
   * bias, with a stride of 0.
   */
  multiply(
    a: number,
    rowStride: number,
    columnStride: number,
    packedB: number,
    c: number,
    cStride: number,
    m: number,
    n: number,
    k: number,
    start: number,
    startStride: number,
  ): void;
  /** sums += the sum of the rows; any n. */
  addColumnSums(sums: number, matrix: number, rows: number, n: number): void;
  /** a += b; any n. */
  add(a: number, b: number, n: number): void;
  /** a *= factor; returns the sum of squares of the result, in double precision. Any n. */
  scale(a: number, n: number, factor: number): number;
  /** x = (x - mean) / deviation, in place; any n. */
  normalise(x: number, mean: number, deviation: number, rows: number, n: number): void;
  /** x = max(0, x), in place. */
  relu(x: number, n: number): void;
  /** gradient = 0 where y is not positive. */
  reluBackward(gradient: number, y: number, n: number): void;
  /**
   * Zeroes each number with a probability of threshold / 2^32 and multiplies the others by `factor`. Which ones depends
   * on the seed and the place alone: called on the gradient it is its own backward pass.
   */
  dropout(x: number, n: number, seed: number, threshold: number, factor: number): void;
  /**
   * Lays the `kernel` inputs of each output side by side: from [time][row][n] to [step][row][kernel][n], an output at
   * every `stride`-th time; any n.
   */
  unfold(inputs: number, columns: number, steps: number, rows: number, kernel: number, stride: number, n: number): void;
  /** The transpose of `unfold`: inputs += columns. */
  fold(inputs: number, columns: number, steps: number, rows: number, kernel: number, stride: number, n: number): void;

  /** h = tanh(x + u). */
  elmanForward(rows: number, hidden: number, x: number, u: number, h: number): void;
  /** x becomes the gradient of x (and u); dh, the gradient of h, becomes 0: all that goes back goes through u. */
  elmanBackward(rows: number, hidden: number, x: number, h: number, dh: number): void;
  /** h = (1 - z) n + z before, n = tanh(x_n + r u_n); x becomes r, z, n side by side. */
  gruForward(rows: number, hidden: number, x: number, u: number, before: number, h: number): void;
  /** x and u become their gradients; dh, the gradient of h, becomes what goes to `before` beside u. */
  gruBackward(rows: number, hidden: number, x: number, u: number, before: number, dh: number): void;
  /** c = f cBefore + i g, h = o tanh(c); x becomes i, f, g, o side by side. */
  lstmForward(rows: number, hidden: number, x: number, u: number, cBefore: number, c: number, h: number): void;
  /** x becomes the gradient of x (and u); dc, the gradient of c from later steps, becomes that of cBefore; dh becomes 0. */
  lstmBackward(rows: number, hidden: number, x: number, cBefore: number, c: number, dh: number, dc: number): void;

  /**
   * One step of AdamW (Loshchilov and Hutter 2019). `rate` is the learning rate over 1 - beta1^t, `correction` is
   * 1 / √(1 - beta2^t), `decay` the address of a weight decay for each weight.
   */
  adamw(
    weights: number,
    gradients: number,
    first: number,
    second: number,
    n: number,
    beta1: number,
    beta2: number,
    rate: number,
    correction: number,
    epsilon: number,
    decay: number,
    learningRate: number,
  ): void;
  /** mean = decay · mean + (1 - decay) · weights. */
  average(mean: number, weights: number, n: number, decay: number): void;
}

/** Rows and columns of a tile of C, and the largest block of A, as in assembly.ts. */
const TILE_ROWS = 6;
const TILE_COLUMNS = 8;
const BLOCK_DEPTH = 384;
const BLOCK_ROWS = 96;

/** Floats that a packed k x n matrix takes: its columns are filled up. */
export const packedFloats = (k: number, n: number): number => k * Math.ceil(n / TILE_COLUMNS) * TILE_COLUMNS;

const PAGE_BYTES = 65536;
const ALIGNMENT = 16;

/**
 * The memory of one worker. Reserve everything first, then take views: they do not outlive a later `floats`.
 */
export class TrainingMemory {
  /** Its type is spelt out, so that whoever uses this needs no types of the DOM. */
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number } = new WebAssembly.Memory({
    initial: 1,
  });
  // Address 0 stays unused, and the kernels' own constants come after it.
  #end = 256;

  /** Reserves zeroed floats, aligned to 16 bytes; returns their address. */
  floats(count: number): number {
    const address = this.#end;
    this.#end += Math.ceil((count * 4) / ALIGNMENT) * ALIGNMENT;
    const missing = this.#end - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    return address;
  }

  /** The floats at an address, until more are reserved. */
  view(address: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, count);
  }
}

/**
 * Kernels for one memory.
 * @param isFused whether they multiply and add in one instruction: faster, and rounded once instead of twice
 */
export async function trainingKernels(memory: TrainingMemory, isFused = canFuse()): Promise<TrainingKernels> {
  joinVectors();
  const module = await WebAssembly.compile(isFused ? TRAINING_RELAXED_WASM : TRAINING_WASM);
  const { exports } = new WebAssembly.Instance(module, { env: { memory: memory.memory as WebAssembly.Memory } });
  const kernels = exports as unknown as TrainingKernels & { useScratch(address: number): void };
  kernels.useScratch(memory.floats(TILE_ROWS * TILE_COLUMNS + BLOCK_ROWS * BLOCK_DEPTH));
  return kernels;
}
