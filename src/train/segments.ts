import type { Span, TrainingData } from './data/training-data.js';
import type { SegmentKind } from './loss.js';
import { Random } from './random.js';
import type { Recipe } from './recipe.js';

/** One second of training: what it is, and where its recording lies. */
export interface Segment {
  readonly kind: SegmentKind;
  readonly label: number;
  /** None for silence. */
  readonly span: Span | undefined;
}

/** Indices of `_silence_` and `_unknown_` among the labels. */
const SILENCE_LABEL = 0;
const UNKNOWN_LABEL = 1;

/** All segments of an epoch: each recording of a word once, and shares of silence and of running speech. */
export class Segments {
  readonly count: number;
  readonly #data: TrainingData;
  readonly #silenceEnd: number;
  readonly #speechSamples: number;

  constructor(data: TrainingData, { silenceShare, speechShare }: Pick<Recipe, 'silenceShare' | 'speechShare'>) {
    const words = data.training.length;
    this.#data = data;
    this.#speechSamples = data.speech.reduce((sum, { length }) => sum + length, 0);
    this.#silenceEnd = words + Math.round(silenceShare * words);
    this.count = this.#silenceEnd + (this.#speechSamples > 0 ? Math.round(speechShare * words) : 0);
  }

  /** The order of an epoch. */
  order(seed: number, epoch: number): Int32Array {
    return new Random(seed, epoch, ORDER).shuffle(Int32Array.from({ length: this.count }, (_, i) => i));
  }

  /** Segment number `index`. Running speech is drawn anew each time. */
  at(index: number, random: Random): Segment {
    const { training } = this.#data;
    if (index < training.length) return { kind: 'word', label: training[index].label, span: training[index] };
    if (index < this.#silenceEnd) return { kind: 'silence', label: SILENCE_LABEL, span: undefined };
    return { kind: 'speech', label: UNKNOWN_LABEL, span: this.#drawSpeech(random) };
  }

  /** Every moment of speech has the same chance. */
  #drawSpeech(random: Random): Span | undefined {
    let place = random.unit() * this.#speechSamples;
    return this.#data.speech.find(({ length }) => {
      place -= length;
      return place < 0;
    });
  }
}

/** Names the random numbers of the order, apart from those of the steps. */
const ORDER = -1;
