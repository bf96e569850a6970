import type { KernelMemory } from './memory.js';

/**
 * An affine map y = W x + b, or max(0, W x + b), packed the way one set of kernels likes to read it. All fields are
 * byte addresses in the kernels' memory or counts.
 */
export interface Linear {
  readonly rows: number;
  readonly columns: number;
  /** Bytes from one stream's output to the next: the rows rounded up, as floats. */
  readonly outputStride: number;
  readonly weights: number;
  readonly bias: number;
  /** One scale a row for 8-bit weights; 0 for 32-bit ones. */
  readonly scales: number;
  readonly relu: boolean;
}

/** Weights of an affine map as a model file holds them: row by row. */
export interface LinearWeights {
  rows: number;
  columns: number;
  /** 8-bit weights are `values[r][c] · scales[r]`. */
  values: Float32Array | Int8Array;
  scales?: Float32Array;
  bias?: Float32Array;
  relu?: boolean;
}

/**
 * The arithmetic that a stream runs on. Two implementations, `plain` (TypeScript, the reference and the fallback) and
 * `simd` (WebAssembly), agree within 1e-5 relative (a gate near 0 within 3e-7). Each takes n streams at once; a stream's result does not depend
 * on n or on its place. No call but `linearFrom` allocates; none throws.
 *
 * Lists (`inputs`, `states`) are addresses of n 32-bit addresses.
 */
export interface Kernels {
  readonly name: 'plain' | 'simd';
  readonly memory: KernelMemory;

  /** Packs weights into memory. */
  linearFrom(weights: LinearWeights): Linear;

  /** out[s] = W · inputs[s] + b for s < n, `linear.outputStride` bytes apart. */
  linear(linear: Linear, inputs: number, n: number, out: number): void;

  /**
   * Elman step, in place on h: h = tanh(x + u), where x = W x + b and u = U h + b are outputs of `linear`, `stride`
   * bytes from stream to stream.
   */
  elman(n: number, hidden: number, x: number, u: number, stride: number, states: number): void;

  /**
   * GRU step (Cho et al. 2014; PyTorch's order r, z, n), in place on h. With linear-before-reset,
   * n = tanh(x_n + r ∘ u_n) and h = (1 - z) ∘ n + z ∘ h.
   */
  gru(n: number, hidden: number, x: number, u: number, stride: number, states: number): void;

  /** First half of a GRU step without linear-before-reset: results[s] = r ∘ h, where `results` is a list. */
  gruReset(
    n: number,
    hidden: number,
    x: number,
    xStride: number,
    u: number,
    uStride: number,
    states: number,
    results: number,
  ): void;

  /** Second half: h = (1 - z) ∘ tanh(x_n + c) + z ∘ h, where c = U_n (r ∘ h) + b, `cStride` bytes apart. */
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
  ): void;

  /** LSTM step (Hochreiter and Schmidhuber 1997 with forget gates; PyTorch's order i, f, g, o), in place on h and c. */
  lstm(n: number, hidden: number, x: number, u: number, stride: number, hStates: number, cStates: number): void;

  /**
   * Copies `count` samples, with 0 in place of those that are NaN, infinite or beyond `LARGEST_SAMPLE`.
   * @returns how many were replaced
   */
  copySamples(from: number, count: number, to: number): number;

  /** Multiplies `count` samples at `samples`, in place. */
  scale(samples: number, count: number, factor: number): void;

  /**
   * Polyphase FIR: writes `count` samples to `out`. Output j reads `taps` samples of `history` from
   * ⌊(phase + j · step) / phases⌋ on, weighted by row (phase + j · step) mod phases of `filter`, whose rows are `taps`
   * long (a multiple of `RESAMPLER_TAPS_MULTIPLE`). Where the table holds fewer rows
   * (`tableRows` < phases), neighbours are blended linearly; the table then has one more row at its end.
   */
  resample(tables: ResamplerTables, history: number, phase: number, count: number, out: number): void;

  /** The MFCCs of the frame of samples at `samples`, as float32 to `out`. In float64 within: see `MfccTables`. */
  mfcc(tables: MfccTables, samples: number, out: number): void;
}

/**
 * The constants of MFCCs: counts, and addresses of float64 numbers. A window leaves of a loud tone, in distant bands, less
 * than single precision keeps beside it: hence float64.
 */
export interface MfccTables {
  /** A power of two. */
  readonly frameSamples: number;
  readonly melBands: number;
  /** Bands from both ends, two by two, rounded up to an even number. */
  readonly bandPairs: number;
  readonly coefficients: number;
  /** [frameSamples], halved, as the FFT of two samples at a time wants it, and with the input's gain in it. */
  readonly window: number;
  /** Twiddle factors of the FFT: e^(-2πik / frameSamples) as cosine, cosine, sine, -sine for k < 3/4 frameSamples. */
  readonly twiddles: number;
  /** Two int32 a band: byte offset of its first bin, and bytes of its weights. */
  readonly bands: number;
  /** The weights of one band after another, an even number of each. */
  readonly weights: number;
  /** Of the DCT, [coefficients / 2][bandPairs][2]; the sums of pairs make even coefficients, the differences odd ones. */
  readonly cosines: number;
  /** Room, zero at first, for two transforms of [frameSamples] and the first two numbers of one again. */
  readonly spectra: number;
  /** For [frameSamples / 2] powers and four more, of which three stay zero, so that bands may be read in twos. */
  readonly powers: number;
  /** For [melBands] and one more. */
  readonly energies: number;
  /** For [bandPairs][2]. */
  readonly pairs: number;
}

/** The constants of one resampler; addresses and counts. */
export interface ResamplerTables {
  readonly filter: number;
  readonly taps: number;
  readonly phases: number;
  readonly step: number;
  readonly tableRows: number;
}

/** Filters are zero-padded to a multiple of this, the number of products the SIMD kernel takes at once. */
export const RESAMPLER_TAPS_MULTIPLE = 8;

/** Samples beyond this are no sound, and their squares could overflow. Full scale is 1. */
export const LARGEST_SAMPLE = 1e9;

/** Largest magnitude of a weight that we quantise to 8 bits: symmetric, so that -128 is not used. */
export const INT8_MAX = 127;

/**
 * Largest magnitude that activations are rounded to when they meet 8-bit weights: 16 bits, or less where the sum over
 * a row could leave 32 bits. (A file made elsewhere may hold weights of -128.)
 */
export const activationMax = (columns: number): number => Math.min(32767, Math.floor((2 ** 31 - 1) / (128 * columns)));
