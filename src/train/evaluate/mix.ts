import { rms } from '../power.js';
import type { Random } from '../random.js';
import type { WordSpan } from '../recordings/word-span.js';

/**
 * Speech in noise: speech + g · noise, with g such that SNR = 20 log10(RMS of the word / RMS of g · noise). The word's
 * RMS is taken over `word` alone, so that it does not depend on how much silence surrounds the word (as the active
 * speech level of ITU-T P.56), the noise's over all of it. The sum may exceed full scale; nothing is clipped.
 * Silence on either side is left alone.
 * @param noise as long as `speech`
 */
export function mixAtSnr(speech: Float32Array, word: WordSpan, noise: Float32Array, snrDb: number): Float32Array {
  const speechLevel = rms(speech.subarray(word.start, word.end));
  const noiseLevel = rms(noise);
  if (noiseLevel === 0) return speech;
  const gain = speechLevel / (noiseLevel * 10 ** (snrDb / 20));
  return speech.map((sample, i) => sample + gain * noise[i]);
}

/** A piece of noise from a random place on; the noise repeats where it ends. */
export function noiseExcerpt(noise: Float32Array, length: number, random: Random): Float32Array {
  const start = random.below(noise.length);
  return Float32Array.from({ length }, (_, i) => noise[(start + i) % noise.length]);
}
