/** Something with the ups and downs of speech: a gliding tone over faint noise, in bursts. */
export function babble(samples: number, sampleRate: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: samples }, (_, i) => {
    const t = i / sampleRate;
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const burst = Math.max(0, Math.sin(2 * Math.PI * 1.7 * t)) ** 2;
    return 0.3 * burst * Math.sin(2 * Math.PI * (300 + 200 * Math.sin(3 * t)) * t) + 0.01 * (state / 2 ** 31);
  });
}
