import { drawSpan, totalLength } from './data/draw-span.js';
import { SILENCE_LABEL, type TrainingData, UNKNOWN_LABEL } from './data/training-data.js';
import { WordDraws } from './data/word-draws.js';
import { ANY_BACKGROUND, type SegmentKind } from './loss.js';
import { Random } from './random.js';
import type { Recipe } from './recipe.js';
import type { Span } from './recordings/span.js';

/** One second of training: what it is, and where its recording lies. */
export interface Segment {
  readonly kind: SegmentKind;
  /** Index of the label, or `ANY_BACKGROUND` in running speech, which has pauses. */
  readonly label: number;
  /** Of words and of speech. */
  readonly span: Span | undefined;
}

/** What stands in an epoch's order for a segment that is no recording of a word. */
const SILENCE = -1;
const SPEECH = -2;
const RUN_ON = -3;

type Shares = Pick<Recipe, 'silenceShare' | 'speechShare' | 'runOnShare'>;

/** All segments of an epoch: recordings of words, and shares of silence, of running speech, and of words run together. */
export class Segments {
  readonly count: number;
  readonly #data: TrainingData;
  readonly #words: WordDraws;
  readonly #others: number[];

  constructor(data: TrainingData, { silenceShare, speechShare, runOnShare }: Shares) {
    const others = (what: number, share: number) => new Array<number>(Math.round(share * this.#words.count)).fill(what);
    this.#data = data;
    this.#words = new WordDraws(data.training);
    this.#others = [
      ...others(SILENCE, silenceShare),
      ...others(SPEECH, totalLength(data.speech) > 0 ? speechShare : 0),
      ...others(RUN_ON, data.training.some(({ label }) => label === UNKNOWN_LABEL) ? runOnShare : 0),
    ];
    this.count = this.#words.count + this.#others.length;
  }

  /** How many segments of an epoch have each of so many labels; those of running speech have none. */
  draws(labels: number): number[] {
    const draws = Array.from({ length: labels }, (_, label) => this.#words.drawsOf(label));
    draws[SILENCE_LABEL] += this.#others.filter((what) => what === SILENCE).length;
    return draws;
  }

  /** The segments of an epoch in their order, for `at`. */
  order(seed: number, epoch: number): Int32Array {
    const random = new Random(seed, epoch, ORDER);
    return random.shuffle(Int32Array.from([...this.#words.draw(random), ...this.#others]));
  }

  /** What stands in an order. Running speech is drawn anew each time. */
  at(index: number, random: Random): Segment {
    if (index === SILENCE) return { kind: 'silence', label: SILENCE_LABEL, span: undefined };
    if (index === SPEECH) return { kind: 'speech', label: ANY_BACKGROUND, span: drawSpan(this.#data.speech, random) };
    if (index === RUN_ON) return { kind: 'runOn', label: ANY_BACKGROUND, span: undefined };
    const clip = this.#data.training[index];
    return { kind: 'word', label: clip.label, span: clip };
  }
}

/** Names the random numbers of the order, apart from those of the steps. */
const ORDER = -1;
