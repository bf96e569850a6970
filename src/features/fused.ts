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
  readonly #sums: Float64Array;
  readonly #differences: Float64Array;
  readonly #group = new Float64Array(AT_ONCE);

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
    this.#sums = new Float64Array(Math.ceil(config.melBands / 2));
    this.#differences = new Float64Array(this.#sums.length);
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

  /**
   * cos(π k (b + 1/2) / N) is even about the middle of the bands for even k and odd for odd k, so that bands are taken in
   * pairs: their sums for even coefficients, their differences for odd ones. Four coefficients at a time, so that one
   * addition need not wait for the last.
   */
  #cosineTransform(out: Float32Array, to: number): void {
    this.#foldEnergies();
    const sums = this.#sums;
    const differences = this.#differences;
    const cosines = this.#cosines;
    const group = this.#group;
    let t = 0;
    for (let k = 0; k < this.#coefficients; k += AT_ONCE) {
      let c0 = 0;
      let c1 = 0;
      let c2 = 0;
      let c3 = 0;
      for (let b = 0; b < sums.length; b++) {
        c0 += sums[b] * cosines[t];
        c1 += differences[b] * cosines[t + 1];
        c2 += sums[b] * cosines[t + 2];
        c3 += differences[b] * cosines[t + 3];
        t += AT_ONCE;
      }
      group[0] = c0;
      group[1] = c1;
      group[2] = c2;
      group[3] = c3;
      const rest = Math.min(AT_ONCE, this.#coefficients - k);
      for (let i = 0; i < rest; i++) out[to + k + i] = group[i];
    }
  }

  #foldEnergies(): void {
    const energies = this.#logEnergies;
    const last = energies.length - 1;
    for (let b = 0; b < this.#sums.length; b++) {
      // The middle one of an odd number of bands has no partner.
      const partner = b === last - b ? 0 : energies[last - b];
      this.#sums[b] = energies[b] + partner;
      this.#differences[b] = energies[b] - partner;
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

/** 2 cos(π k (b + 1/2) / bands) for the first half of the bands, coefficients k, k + 1, k + 2, k + 3 side by side. */
function dctTable(bands: number, coefficients: number): Float64Array {
  const groups = Math.ceil(coefficients / AT_ONCE);
  const half = Math.ceil(bands / 2);
  const table = new Float64Array(groups * half * AT_ONCE);
  for (let k = 0; k < groups * AT_ONCE; k++) {
    const group = Math.floor(k / AT_ONCE);
    for (let b = 0; b < half; b++) {
      table[(group * half + b) * AT_ONCE + (k % AT_ONCE)] = 2 * Math.cos((Math.PI / bands) * (b + 0.5) * k);
    }
  }
  return table;
}
