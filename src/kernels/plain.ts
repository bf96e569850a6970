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
import { plainMfcc } from './plain-mfcc.js';

/** Kernels in plain TypeScript: what the others are measured against, and what runs where SIMD is missing. */
export function plainKernels(): Kernels {
  return new PlainKernels();
}

/** Rows that are summed side by side, so that one addition need not wait for the last. */
const ROWS_AT_ONCE = 4;

class PlainKernels implements Kernels {
  readonly name = 'plain';
  readonly memory = new KernelMemory(new ArrayBufferHost());
  #rounded = new Int16Array(0);

  linearFrom(weights: LinearWeights): Linear {
    const { rows, columns, values, scales, bias, relu = false } = weights;
    const { memory } = this;
    const padded = Math.ceil(rows / ROWS_AT_ONCE) * ROWS_AT_ONCE;
    const address = memory.allocate(padded * columns * values.BYTES_PER_ELEMENT);
    const biasAddress = memory.allocate(padded * 4);
    const scalesAddress = scales ? memory.allocate(padded * 4) : 0;
    if (values instanceof Int8Array) {
      memory.i8.set(values, address);
      if (this.#rounded.length < columns) this.#rounded = new Int16Array(columns);
    } else {
      memory.f32.set(values, address >> 2);
    }
    if (bias) memory.f32.set(bias, biasAddress >> 2);
    if (scales) memory.f32.set(scales, scalesAddress >> 2);
    return {
      rows,
      columns,
      outputStride: padded * 4,
      weights: address,
      bias: biasAddress,
      scales: scalesAddress,
      relu,
    };
  }

  linear(linear: Linear, inputs: number, n: number, out: number): void {
    const { i32, f32 } = this.memory;
    for (let s = 0; s < n; s++) {
      const x = i32[(inputs >> 2) + s] >> 2;
      const y = (out + s * linear.outputStride) >> 2;
      if (linear.scales === 0) this.#multiply(linear, x, y);
      else this.#multiplyInt8(linear, x, y);
      if (linear.relu) for (let r = y; r < y + linear.rows; r++) f32[r] = Math.max(0, f32[r]);
    }
  }

  #multiply({ rows, columns, weights, bias }: Linear, x: number, y: number): void {
    const { f32 } = this.memory;
    for (let r = 0; r < rows; r += ROWS_AT_ONCE) {
      const b = (bias >> 2) + r;
      let w0 = (weights >> 2) + r * columns;
      let w1 = w0 + columns;
      let w2 = w1 + columns;
      let w3 = w2 + columns;
      let sum0 = f32[b];
      let sum1 = f32[b + 1];
      let sum2 = f32[b + 2];
      let sum3 = f32[b + 3];
      for (let c = x; c < x + columns; c++) {
        const value = f32[c];
        sum0 += f32[w0++] * value;
        sum1 += f32[w1++] * value;
        sum2 += f32[w2++] * value;
        sum3 += f32[w3++] * value;
      }
      f32[y + r] = sum0;
      f32[y + r + 1] = sum1;
      f32[y + r + 2] = sum2;
      f32[y + r + 3] = sum3;
    }
  }

  #multiplyInt8({ rows, columns, weights, bias, scales }: Linear, x: number, y: number): void {
    const { f32, i8 } = this.memory;
    const rounded = this.#rounded;
    const step = this.#round(x, columns);
    for (let r = 0; r < rows; r++) {
      const w = weights + r * columns;
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += i8[w + c] * rounded[c];
      f32[y + r] = f32[(bias >> 2) + r] + sum * step * f32[(scales >> 2) + r];
    }
  }

  /** Rounds x to 16-bit integers, half to even in single precision, and returns the size of one step. */
  #round(x: number, columns: number): number {
    const { f32 } = this.memory;
    const rounded = this.#rounded;
    let largest = 0;
    for (let c = 0; c < columns; c++) largest = Math.max(largest, Math.abs(f32[x + c]));
    if (largest === 0) {
      rounded.fill(0);
      return 0;
    }
    const most = activationMax(columns);
    const scale = Math.fround(most / largest);
    for (let c = 0; c < columns; c++) {
      const scaled = Math.fround(f32[x + c] * scale);
      rounded[c] = Math.fround(scaled + HALF_TO_EVEN) - HALF_TO_EVEN;
    }
    return Math.fround(largest / most);
  }

  elman(n: number, hidden: number, x: number, u: number, stride: number, states: number): void {
    const { f32, i32 } = this.memory;
    for (let s = 0; s < n; s++) {
      const h = i32[(states >> 2) + s] >> 2;
      const a = (x + s * stride) >> 2;
      const b = (u + s * stride) >> 2;
      for (let i = 0; i < hidden; i++) f32[h + i] = Math.tanh(f32[a + i] + f32[b + i]);
    }
  }

  gru(n: number, hidden: number, x: number, u: number, stride: number, states: number): void {
    const { f32, i32 } = this.memory;
    for (let s = 0; s < n; s++) {
      const h = i32[(states >> 2) + s] >> 2;
      const a = (x + s * stride) >> 2;
      const b = (u + s * stride) >> 2;
      for (let i = 0; i < hidden; i++) {
        const r = sigmoid(f32[a + i] + f32[b + i]);
        const z = sigmoid(f32[a + hidden + i] + f32[b + hidden + i]);
        const candidate = Math.tanh(f32[a + 2 * hidden + i] + r * f32[b + 2 * hidden + i]);
        f32[h + i] = (1 - z) * candidate + z * f32[h + i];
      }
    }
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
    const { f32, i32 } = this.memory;
    for (let s = 0; s < n; s++) {
      const h = i32[(states >> 2) + s] >> 2;
      const a = (x + s * xStride) >> 2;
      const b = (u + s * uStride) >> 2;
      const y = i32[(results >> 2) + s] >> 2;
      for (let i = 0; i < hidden; i++) f32[y + i] = sigmoid(f32[a + i] + f32[b + i]) * f32[h + i];
    }
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
    const { f32, i32 } = this.memory;
    for (let s = 0; s < n; s++) {
      const h = i32[(states >> 2) + s] >> 2;
      const a = (x + s * xStride) >> 2;
      const b = (u + s * uStride) >> 2;
      const d = (c + s * cStride) >> 2;
      for (let i = 0; i < hidden; i++) {
        const z = sigmoid(f32[a + hidden + i] + f32[b + hidden + i]);
        const candidate = Math.tanh(f32[a + 2 * hidden + i] + f32[d + i]);
        f32[h + i] = (1 - z) * candidate + z * f32[h + i];
      }
    }
  }

  lstm(n: number, hidden: number, x: number, u: number, stride: number, hStates: number, cStates: number): void {
    const { f32, i32 } = this.memory;
    for (let s = 0; s < n; s++) {
      const h = i32[(hStates >> 2) + s] >> 2;
      const c = i32[(cStates >> 2) + s] >> 2;
      const a = (x + s * stride) >> 2;
      const b = (u + s * stride) >> 2;
      for (let i = 0; i < hidden; i++) {
        const input = sigmoid(f32[a + i] + f32[b + i]);
        const forget = sigmoid(f32[a + hidden + i] + f32[b + hidden + i]);
        const candidate = Math.tanh(f32[a + 2 * hidden + i] + f32[b + 2 * hidden + i]);
        const output = sigmoid(f32[a + 3 * hidden + i] + f32[b + 3 * hidden + i]);
        const cell = forget * f32[c + i] + input * candidate;
        f32[c + i] = cell;
        f32[h + i] = output * Math.tanh(cell);
      }
    }
  }

  copySamples(from: number, count: number, to: number): number {
    const { f32 } = this.memory;
    let replaced = 0;
    for (let i = 0; i < count; i++) {
      const sample = f32[(from >> 2) + i];
      // Written so that NaN is no good either.
      const isGood = Math.abs(sample) <= LARGEST_SAMPLE;
      f32[(to >> 2) + i] = isGood ? sample : 0;
      if (!isGood) replaced++;
    }
    return replaced;
  }

  scale(samples: number, count: number, factor: number): void {
    const { f32 } = this.memory;
    const first = samples >> 2;
    for (let i = first; i < first + count; i++) f32[i] *= factor;
  }

  resample(
    { filter, taps, phases, step, tableRows }: ResamplerTables,
    history: number,
    phase: number,
    count: number,
    out: number,
  ): void {
    const { f32 } = this.memory;
    for (let j = 0; j < count; j++) {
      const position = phase + j * step;
      const x = (history >> 2) + Math.floor(position / phases);
      const tablePosition = ((position % phases) * tableRows) / phases;
      const row = Math.floor(tablePosition);
      const share = tablePosition - row;
      const low = this.#dot((filter >> 2) + row * taps, x, taps);
      f32[(out >> 2) + j] =
        share === 0 ? low : low + share * (this.#dot((filter >> 2) + (row + 1) * taps, x, taps) - low);
    }
  }

  mfcc(tables: MfccTables, samples: number, out: number): void {
    plainMfcc(this.memory, tables, samples, out);
  }

  #dot(row: number, x: number, taps: number): number {
    const { f32 } = this.memory;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let i = 0; i < taps; i += 4) {
      sum0 += f32[row + i] * f32[x + i];
      sum1 += f32[row + i + 1] * f32[x + i + 1];
      sum2 += f32[row + i + 2] * f32[x + i + 2];
      sum3 += f32[row + i + 3] * f32[x + i + 3];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }
}

/** 1.5 · 2^23: adding it to a single-precision number below 2^22 leaves no bits for a fraction. */
const HALF_TO_EVEN = 12582912;

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

class ArrayBufferHost implements MemoryHost {
  buffer = new ArrayBuffer(65536);

  grow(bytes: number): void {
    const larger = new ArrayBuffer(Math.max(bytes, 2 * this.buffer.byteLength));
    new Uint8Array(larger).set(new Uint8Array(this.buffer));
    this.buffer = larger;
  }
}
