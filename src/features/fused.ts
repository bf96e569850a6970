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
  readonly #bands: MelBand[];
  readonly #logEnergies: Float64Array;
  readonly #cosines: Float64Array;
  readonly #coefficients: number;

  constructor(config: ExtractorConfig) {
    const size = config.frameSamples;
    const meyda = configuredMeyda(config);
    this.#fft = new FFT(size);
    const hann = meyda.windowing(new Float32Array(size).fill(1), config.windowing);
    this.#window = Float64Array.from(hann, (w) => w * config.inputGain);
    this.#windowed = new Float64Array(size);
    this.#spectrum = new Float64Array(2 * size);
    this.#power = new Float64Array(size / 2);
    this.#bands = meyda.melFilterBank.map((weights) => melBand(weights.slice(0, size / 2)));
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
    for (let b = 0; b < this.#bands.length; b++) {
      const { firstBin, weights } = this.#bands[b];
      let energy = 0;
      for (let i = 0; i < weights.length; i++) energy += weights[i] * power[firstBin + i];
      this.#logEnergies[b] = Math.log(1 + energy);
    }
  }

  #cosineTransform(out: Float32Array, to: number): void {
    const energies = this.#logEnergies;
    const cosines = this.#cosines;
    let t = 0;
    for (let k = 0; k < this.#coefficients; k++) {
      let sum = 0;
      for (let b = 0; b < energies.length; b++) sum += energies[b] * cosines[t++];
      out[to + k] = sum;
    }
  }
}

/** The bins where a band's triangle is not zero. */
interface MelBand {
  firstBin: number;
  weights: Float64Array;
}

function melBand(weights: number[]): MelBand {
  const first = weights.findIndex((w) => w !== 0);
  if (first < 0) return { firstBin: 0, weights: new Float64Array(0) };
  const last = weights.findLastIndex((w) => w !== 0);
  return { firstBin: first, weights: Float64Array.from(weights.slice(first, last + 1)) };
}

/** Row k, column b: 2 cos(π k (b + 1/2) / bands). */
function dctTable(bands: number, coefficients: number): Float64Array {
  const table = new Float64Array(coefficients * bands);
  for (let k = 0; k < coefficients; k++) {
    for (let b = 0; b < bands; b++) table[k * bands + b] = 2 * Math.cos((Math.PI / bands) * (b + 0.5) * k);
  }
  return table;
}
