import type { Kernels, MfccTables } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';
import type { Extractor, ExtractorConfig } from './extractor.js';
import { configuredMeyda } from './meyda.js';

/**
 * Meyda's MFCCs in one pass over tables: window, real FFT, |X|², triangular mel bands, ln(1 + E), DCT-II times 2
 * (Davis and Mermelstein 1980). Window and mel bank are Meyda's own, read from it once. Allocates nothing per frame.
 */
export class FusedExtractor implements Extractor {
  readonly #kernels: Kernels;
  readonly #tables: MfccTables;

  constructor(kernels: Kernels, config: ExtractorConfig) {
    this.#kernels = kernels;
    this.#tables = mfccTables(kernels.memory, config);
  }

  extract(samples: number, out: number): void {
    this.#kernels.mfcc(this.#tables, samples, out);
  }
}

function mfccTables(memory: KernelMemory, config: ExtractorConfig): MfccTables {
  const { frameSamples, melBands, coefficients, inputGain, windowing } = config;
  const meyda = configuredMeyda(config);
  const window = meyda.windowing(new Float32Array(frameSamples).fill(1), windowing);
  const bank = meyda.melFilterBank.map((weights) => evenRow(weights.slice(0, frameSamples / 2)));
  const floats = (values: readonly number[]): number => {
    const address = memory.allocate(values.length * 8);
    memory.f64.set(values, address >> 3);
    return address;
  };
  const bands = memory.allocate(melBands * 8);
  bank.forEach(({ first, weights }, band) => {
    memory.i32.set([first * 8, weights.length * 8], (bands >> 2) + 2 * band);
  });
  const bandPairs = Math.ceil(melBands / 4) * 2;
  return {
    frameSamples,
    melBands,
    bandPairs,
    coefficients,
    window: floats(window.map((w) => (w * inputGain) / 2)),
    twiddles: floats(twiddles(frameSamples)),
    bands,
    weights: floats(bank.flatMap(({ weights }) => weights)),
    cosines: floats(cosines(melBands, bandPairs, coefficients)),
    spectra: memory.allocate(2 * (frameSamples + 2) * 8),
    powers: memory.allocate((frameSamples / 2 + 4) * 8),
    energies: memory.allocate((melBands + 1) * 8),
    pairs: memory.allocate(2 * bandPairs * 8),
  };
}

/** e^(-2πik / size) for k below three quarters of the size: cosine and sine, each twice, as a product wants them. */
function twiddles(size: number): number[] {
  return Array.from({ length: (3 * size) / 4 }, (_, k) => {
    const [cosine, sine] = [Math.cos((2 * Math.PI * k) / size), Math.sin((2 * Math.PI * k) / size)];
    return [cosine, cosine, sine, -sine];
  }).flat();
}

/** A row without the zeros around it, but for one that makes its length even. */
function evenRow(row: readonly number[]): { first: number; weights: number[] } {
  const first = Math.max(
    0,
    row.findIndex((w) => w !== 0),
  );
  const weights = row.slice(first, row.findLastIndex((w) => w !== 0) + 1);
  return { first, weights: weights.length % 2 === 0 ? weights : [...weights, 0] };
}

/**
 * 2 cos(π k (b + 1/2) / bands) for the first half of the bands, and zeros to `bandPairs`; coefficients k and k + 1 side
 * by side.
 */
function cosines(bands: number, bandPairs: number, coefficients: number): number[] {
  const cosine = (k: number, b: number) => (2 * b < bands ? 2 * Math.cos((Math.PI / bands) * (b + 0.5) * k) : 0);
  const pairs = Array.from({ length: Math.ceil(coefficients / 2) }, (_, n) =>
    Array.from({ length: bandPairs }, (_, b) => [cosine(2 * n, b), cosine(2 * n + 1, b)]),
  );
  return pairs.flat(2);
}
