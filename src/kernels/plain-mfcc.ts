import type { MfccTables } from './kernels.js';
import type { KernelMemory } from './memory.js';

/** `Kernels.mfcc` in plain TypeScript. */
export function plainMfcc({ f32, f64, i32 }: KernelMemory, tables: MfccTables, samples: number, out: number): void {
  const { frameSamples, melBands, bandPairs, coefficients } = tables;
  const spectra = tables.spectra >> 3;
  const power = tables.powers >> 3;
  const energies = tables.energies >> 3;
  const pairs = tables.pairs >> 3;
  const window = tables.window >> 3;
  for (let i = 0; i < frameSamples; i++) f64[spectra + i] = f32[(samples >> 2) + i] * f64[window + i];
  powers(f64, transformed(f64, tables), tables, power);
  let weight = tables.weights >> 3;
  for (let band = 0; band < melBands; band++) {
    const at = (tables.bands >> 2) + 2 * band;
    const count = i32[at + 1] >> 3;
    const first = power + (i32[at] >> 3);
    let energy = 0;
    for (let i = 0; i < count; i++) energy += f64[weight + i] * f64[first + i];
    weight += count;
    f64[energies + band] = Math.log(1 + energy);
  }
  foldPairs(f64, energies, melBands, pairs);
  for (let k = 0; k < coefficients; k++) {
    const cosine = (tables.cosines >> 3) + (k - (k % 2)) * bandPairs + (k % 2);
    let sum = 0;
    for (let b = 0; b < 2 * bandPairs; b += 2) sum += f64[pairs + b + (k % 2)] * f64[cosine + b];
    f32[(out >> 2) + k] = sum;
  }
}

/**
 * The FFT of the frame as numbers of two samples each, by Stockham's method, which goes from one spectrum to the other
 * and back. Returns where it ended.
 */
function transformed(f64: Float64Array, { frameSamples, twiddles, spectra }: MfccTables): number {
  let from = spectra >> 3;
  let to = from + frameSamples + 2;
  for (let stride = 2; stride < frameSamples; stride *= 2) {
    for (let i = 0; i < frameSamples / 2; i += 2) {
      const place = i % stride;
      const twiddle = (twiddles >> 3) + 4 * (i - place);
      const a = from + i;
      const b = a + frameSamples / 2;
      const y = to + 2 * (i - place) + place;
      const re = f64[a] - f64[b];
      const im = f64[a + 1] - f64[b + 1];
      f64[y] = f64[a] + f64[b];
      f64[y + 1] = f64[a + 1] + f64[b + 1];
      f64[y + stride] = re * f64[twiddle] + im * f64[twiddle + 2];
      f64[y + stride + 1] = im * f64[twiddle] - re * f64[twiddle + 2];
    }
    const done = to;
    to = from;
    from = done;
  }
  return from;
}

/** |X|² of a real signal from the FFT of its pairs. */
function powers(f64: Float64Array, z: number, { frameSamples, twiddles }: MfccTables, power: number): void {
  f64[z + frameSamples] = f64[z];
  f64[z + frameSamples + 1] = f64[z + 1];
  for (let k = 0; k <= frameSamples / 4; k++) {
    const twiddle = (twiddles >> 3) + 4 * k + frameSamples;
    const a = z + 2 * k;
    const b = z + frameSamples - 2 * k;
    const evenRe = f64[a] + f64[b];
    const evenIm = f64[a + 1] - f64[b + 1];
    const re = f64[a] - f64[b];
    const im = f64[a + 1] + f64[b + 1];
    const oddRe = re * f64[twiddle] + im * f64[twiddle + 2];
    const oddIm = im * f64[twiddle] - re * f64[twiddle + 2];
    f64[power + k] = (evenRe + oddRe) ** 2 + (evenIm + oddIm) ** 2;
    f64[power + frameSamples / 2 - k] = (evenRe - oddRe) ** 2 + (evenIm - oddIm) ** 2;
  }
}

/**
 * cos(π k (b + 1/2) / N) is even about the middle of the bands for even k and odd for odd k, so that bands are taken in
 * pairs: their sum for even coefficients, their difference for odd ones. The middle one of an odd number has no partner.
 */
function foldPairs(f64: Float64Array, energies: number, bands: number, pairs: number): void {
  for (let b = 0; 2 * b < bands; b++) {
    const partner = 2 * b + 1 === bands ? 0 : f64[energies + bands - 1 - b];
    f64[pairs + 2 * b] = f64[energies + b] + partner;
    f64[pairs + 2 * b + 1] = f64[energies + b] - partner;
  }
}
