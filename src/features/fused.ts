import FFT from 'fft.js';
import type { Extractor, ExtractorConfig } from './extractor.js';
import { configuredMeyda } from './meyda.js';

/**
 * Meyda's MFCCs in one pass over tables: window, real FFT, |X|², triangular mel bands, ln(1 + E), DCT-II times 2
 * (Davis and Mermelstein 1980). Window and mel bank are Meyda's own, read from it once. Allocates nothing per frame.
 */
export class FusedExtractor implements Extractor {
  readonly #fft: FFT;
  readonly #window: Float64Array;
  readonly #windowed: Float64Array;
  readonly #spectrum: Float64Array;
  readonly #power: Float64Array;
  readonly #bands: SparseRows;
  readonly #logEnergies: Float64Array;
  readonly #cosines: Float64Array;
  readonly #coefficients: number;
  readonly #sums = new Float64Array(AT_ONCE);

  constructor(config: ExtractorConfig) {
    const size = config.frameSamples;
    const meyda = configuredMeyda(config);
    this.#fft = new FFT(size);
    const hann = meyda.windowing(new Float32Array(size).fill(1), config.windowing);
    this.#window = Float64Array.from(hann, (w) => w * config.inputGain);
    this.#windowed = new Float64Array(size);
    this.#spectrum = new Float64Array(2 * size);
    this.#power = new Float64Array(size / 2);
    this.#bands = sparseRows(meyda.melFilterBank.map((weights) => weights.slice(0, size / 2)));
    this.#logEnergies = new Float64Array(config.melBands);
    this.#cosines = dctTable(config.melBands, config.coefficients);
    this.#coefficients = config.coefficients;
  }

  extract(samples: Float32Array, from: number, out: Float32Array, to: number): void {
    this.#powerSpectrum(samples, from);
    this.#logMelEnergies();
    this.#cosineTransform(out, to);
  }

  #powerSpectrum(samples: Float32Array, from: number): void {
    const windowed = this.#windowed;
    const window = this.#window;
    const spectrum = this.#spectrum;
    const power = this.#power;
    for (let i = 0; i < windowed.length; i++) windowed[i] = samples[from + i] * window[i];
    this.#fft.realTransform(spectrum, windowed);
    for (let i = 0; i < power.length; i++) {
      const re = spectrum[2 * i];
      const im = spectrum[2 * i + 1];
      power[i] = re * re + im * im;
    }
  }

  #logMelEnergies(): void {
    const power = this.#power;
    const energies = this.#logEnergies;
    const { first, end, weights } = this.#bands;
    let w = 0;
    for (let band = 0; band < energies.length; band++) {
      let energy = 0;
      for (let bin = first[band]; bin < end[band]; bin++) energy += weights[w++] * power[bin];
      energies[band] = Math.log(1 + energy);
    }
  }

  /** Four coefficients at a time, so that one addition need not wait for the last. */
  #cosineTransform(out: Float32Array, to: number): void {
    const energies = this.#logEnergies;
    const cosines = this.#cosines;
    let t = 0;
    for (let k = 0; k < this.#coefficients; k += AT_ONCE) {
      let sum0 = 0;
      let sum1 = 0;
      let sum2 = 0;
      let sum3 = 0;
      for (let band = 0; band < energies.length; band++) {
        const energy = energies[band];
        sum0 += energy * cosines[t];
        sum1 += energy * cosines[t + 1];
        sum2 += energy * cosines[t + 2];
        sum3 += energy * cosines[t + 3];
        t += AT_ONCE;
      }
      this.#sums[0] = sum0;
      this.#sums[1] = sum1;
      this.#sums[2] = sum2;
      this.#sums[3] = sum3;
      const rest = Math.min(AT_ONCE, this.#coefficients - k);
      for (let i = 0; i < rest; i++) out[to + k + i] = this.#sums[i];
    }
  }
}

const AT_ONCE = 4;

/** Rows without the zeros around them: row r has weights for columns first[r] ≤ c < end[r], one row after another. */
interface SparseRows {
  first: Int32Array;
  end: Int32Array;
  weights: Float64Array;
}

function sparseRows(rows: number[][]): SparseRows {
  const first = rows.map((row) =>
    Math.max(
      0,
      row.findIndex((w) => w !== 0),
    ),
  );
  const end = rows.map((row) => row.findLastIndex((w) => w !== 0) + 1);
  const weights = rows.flatMap((row, r) => row.slice(first[r], end[r]));
  return { first: Int32Array.from(first), end: Int32Array.from(end), weights: Float64Array.from(weights) };
}

/** 2 cos(π k (b + 1/2) / bands) for band b and coefficients k, k + 1, k + 2, k + 3 side by side. */
function dctTable(bands: number, coefficients: number): Float64Array {
  const groups = Math.ceil(coefficients / AT_ONCE);
  const table = new Float64Array(groups * bands * AT_ONCE);
  for (let k = 0; k < groups * AT_ONCE; k++) {
    const group = Math.floor(k / AT_ONCE);
    for (let b = 0; b < bands; b++) {
      table[(group * bands + b) * AT_ONCE + (k % AT_ONCE)] = 2 * Math.cos((Math.PI / bands) * (b + 0.5) * k);
    }
  }
  return table;
}
