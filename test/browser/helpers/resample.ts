/** Zero crossings of the sinc on each side; its window is a raised cosine. */
const REACH = 20;

/** Another sample rate for test signals, by a plain windowed sinc: nothing of the engine's own is used. */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples;
  const cutoff = Math.min(1, to / from) * 0.96;
  const reach = REACH / cutoff;
  return Float32Array.from({ length: Math.floor((samples.length * to) / from) }, (_, n) => {
    const centre = (n * from) / to;
    let sum = 0;
    const last = Math.min(samples.length - 1, Math.floor(centre + reach));
    for (let i = Math.max(0, Math.ceil(centre - reach)); i <= last; i++) {
      const x = i - centre;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * cutoff * x) / (Math.PI * cutoff * x);
      sum += samples[i] * cutoff * sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / reach));
    }
    return sum;
  });
}
