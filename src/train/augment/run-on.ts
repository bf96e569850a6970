import { type TrainingData, UNKNOWN_LABEL, type WordClip } from '../data/training-data.js';
import { rms } from '../power.js';
import type { Random } from '../random.js';
import { wordSpan } from '../recordings/word-span.js';
import { readAtSpeed } from './resample-clip.js';

/** How often a word between two others is drawn from all words, keywords among them: within speech, a keyword is none. */
const ANY_WORD_SHARE = 0.4;
/** After a keyword there is at least so much of the next word, in seconds. */
const LEAST_REST_S = 0.1;
/** From the end of one word to the start of the next, in seconds. */
const GAP_S = [-0.03, 0.04] as const;
/** Words of one breath are about equally loud. */
const LEVEL_DB = [-4, 4] as const;
/** Level of the first word, root mean square. */
const SPEECH_RMS = 0.08;
const FADE_S = 0.005;
/** So much of the first word may lie before the segment. */
const CUT_S = 0.3;

/**
 * Words run together without a pause, each cut to where it sounds: what a keyword within a sentence, or half of another
 * word, sounds like. The first and the last word are none of the keywords.
 */
export class RunOn {
  readonly #data: TrainingData;
  readonly #unknown: readonly WordClip[];
  readonly #sampleRate: number;
  readonly #piece: Float32Array;

  constructor(data: TrainingData, sampleRate: number) {
    this.#data = data;
    this.#unknown = data.training.filter(({ label }) => label === UNKNOWN_LABEL);
    this.#sampleRate = sampleRate;
    this.#piece = new Float32Array(2 * sampleRate);
  }

  /** Fills `out` at one speed. Needs words that are `_unknown_`. */
  fill(speed: number, random: Random, out: Float32Array): void {
    const rate = this.#sampleRate;
    out.fill(0);
    let at = -Math.floor(random.unit() * CUT_S * rate);
    for (let isFirst = true; at < out.length; isFirst = false) {
      const word = isFirst ? this.#other(random, speed) : this.#any(random, speed, out.length - at);
      const gain = (SPEECH_RMS * 10 ** (random.between(...LEVEL_DB) / 20)) / Math.max(1e-4, rms(word));
      const start = Math.max(0, -at);
      for (let i = start; i < Math.min(word.length, out.length - at); i++) out[at + i] += gain * word[i];
      at += word.length + Math.floor(random.between(...GAP_S) * rate);
    }
  }

  /** A word that is none of the keywords. */
  #other(random: Random, speed: number): Float32Array {
    return this.#word(this.#unknown[random.below(this.#unknown.length)], speed);
  }

  /** @param left samples to the segment's end: the word that reaches it is no keyword */
  #any(random: Random, speed: number, left: number): Float32Array {
    const { training } = this.#data;
    if (random.chance(ANY_WORD_SHARE)) {
      const word = this.#word(training[random.below(training.length)], speed);
      if (word.length + LEAST_REST_S * this.#sampleRate < left) return word;
    }
    return this.#other(random, speed);
  }

  /** The part of a recording that sounds, with soft ends. */
  #word({ offset, length }: WordClip, speed: number): Float32Array {
    const piece = this.#piece.subarray(0, Math.min(this.#piece.length, Math.floor(length / speed)));
    readAtSpeed(this.#data.samples, offset, offset + length, speed, 0, piece);
    const { start, end } = wordSpan(piece, this.#sampleRate);
    const word = piece.subarray(start, end);
    const fade = Math.min(FADE_S * this.#sampleRate, word.length / 2);
    for (let i = 0; i < fade; i++) {
      word[i] *= i / fade;
      word[word.length - 1 - i] *= i / fade;
    }
    return word;
  }
}
