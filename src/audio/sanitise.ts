/** Samples beyond this are no sound, and their squares could overflow. Full scale is 1. */
const LARGEST_SAMPLE = 1e9;

/**
 * Copies samples, with 0 in place of those that are NaN, infinite or absurdly large.
 * @returns how many were replaced
 */
export function copyFinite(samples: Float32Array, from: number, count: number, out: Float32Array, to: number): number {
  // Where the sum of all is no more, none is. Two sums, so that one addition need not wait for the last.
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < count; i += 2) {
    const sample = samples[from + i];
    const next = samples[from + i + 1];
    out[to + i] = sample;
    out[to + i + 1] = next;
    even += Math.abs(sample);
    odd += Math.abs(next);
  }
  if (i < count) {
    out[to + i] = samples[from + i];
    even += Math.abs(out[to + i]);
  }
  return even + odd <= LARGEST_SAMPLE ? 0 : replaceBad(out, to, count);
}

function replaceBad(samples: Float32Array, from: number, count: number): number {
  let replaced = 0;
  for (let i = from; i < from + count; i++) {
    // Written so that NaN fails too.
    if (Math.abs(samples[i]) <= LARGEST_SAMPLE) continue;
    samples[i] = 0;
    replaced++;
  }
  return replaced;
}
