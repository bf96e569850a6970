/** Coefficients of a filter of second order, a0 being 1. */
export type Biquad = readonly [b0: number, b1: number, b2: number, a1: number, a2: number];

/** Filters in place (direct form II, transposed). */
export function filter(samples: Float32Array, [b0, b1, b2, a1, a2]: Biquad): void {
  let s1 = 0;
  let s2 = 0;
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i];
    const y = b0 * x + s1;
    s1 = b1 * x - a1 * y + s2;
    s2 = b2 * x - a2 * y;
    samples[i] = y;
  }
}
