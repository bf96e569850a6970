import { Random } from '../../src/train/random.ts';

/** Numbers in [-1, 1) that are the same on every run. */
export function randomSource(seed: number): () => number {
  const random = Random.fromState(seed);
  return () => random.between(-1, 1);
}

/** White noise of a peak level. */
export function noise(samples: number, seed = 1, level = 0.5): Float32Array {
  const random = randomSource(seed);
  return Float32Array.from({ length: samples }, () => level * random());
}

/** Something with the ups and downs of speech: a gliding tone over noise, in bursts. */
export function babble(samples: number, sampleRate: number, seed = 1): Float32Array {
  const random = randomSource(seed);
  return Float32Array.from({ length: samples }, (_, i) => {
    const t = i / sampleRate;
    const burst = Math.max(0, Math.sin(2 * Math.PI * 1.7 * t)) ** 2;
    return 0.3 * burst * Math.sin(2 * Math.PI * (300 + 200 * Math.sin(3 * t)) * t) + 0.01 * random();
  });
}

/** Cuts a signal into consecutive pieces whose lengths repeat. */
export function cut(signal: Float32Array, lengths: readonly number[]): Float32Array[] {
  const pieces: Float32Array[] = [];
  for (let at = 0, i = 0; at < signal.length; i++) {
    const length = Math.max(1, lengths[i % lengths.length]);
    pieces.push(signal.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

/** How much of a frequency samples hold: the magnitude of their Fourier transform there. */
export function strengthAt(samples: Float32Array, hertz: number, sampleRate: number): number {
  let re = 0;
  let im = 0;
  for (let i = 0; i < samples.length; i++) {
    re += samples[i] * Math.cos((2 * Math.PI * hertz * i) / sampleRate);
    im += samples[i] * Math.sin((2 * Math.PI * hertz * i) / sampleRate);
  }
  return Math.hypot(re, im);
}
