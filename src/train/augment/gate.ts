import type { Random } from '../random.js';
import { wordSpan } from '../recordings/word-span.js';

/** Kept before and after the word, so that soft beginnings and ends stay, in seconds. */
const MARGIN_S = 0.04;
const FADE_S = 0.01;
/** Where something is left of what is not the word, it is weaker by so much. */
const WEAKER_DB = [-60, -20] as const;

/**
 * What noise suppression makes of a word: around it, half of the time, nothing at all is left, else little. A network
 * that only heard words in rooms which go on sounding takes the dead silence after a word for `_silence_`. In place.
 */
export function gate(samples: Float32Array, sampleRate: number, random: Random): void {
  const { start, end } = wordSpan(samples, sampleRate);
  const left = random.chance(0.5) ? 0 : 10 ** (random.between(...WEAKER_DB) / 20);
  const margin = MARGIN_S * sampleRate;
  const fade = FADE_S * sampleRate;
  for (let i = 0; i < samples.length; i++) {
    const outside = Math.max(start - margin - i, i - end - margin);
    if (outside > 0) samples[i] *= left + (1 - left) * Math.max(0, 1 - outside / fade);
  }
}
