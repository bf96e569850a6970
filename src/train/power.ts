/** Mean square of some samples; 0 of none. */
export function power(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] * samples[i];
  return samples.length === 0 ? 0 : sum / samples.length;
}

/** Root mean square of some samples; 0 of none. */
export const rms = (samples: Float32Array): number => Math.sqrt(power(samples));
