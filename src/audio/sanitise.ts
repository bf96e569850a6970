/** Samples beyond this are no sound, and their squares could overflow. Full scale is 1. */
const LARGEST_SAMPLE = 1e9;

/**
 * Copies samples, with 0 in place of those that are NaN, infinite or absurdly large.
 * @returns how many were replaced
 */
export function copyFinite(samples: Float32Array, from: number, count: number, out: Float32Array, to: number): number {
  let replaced = 0;
  for (let i = 0; i < count; i++) {
    const sample = samples[from + i];
    // Written so that NaN fails too.
    if (Math.abs(sample) <= LARGEST_SAMPLE) {
      out[to + i] = sample;
    } else {
      out[to + i] = 0;
      replaced++;
    }
  }
  return replaced;
}
