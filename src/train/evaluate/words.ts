import type { WordsEvaluation } from './evaluation.js';
import type { HeardWords } from './jobs/words.js';
import { type FalseAccept, type FalseAcceptKind, matchDetections } from './match.js';
import { ratio } from './ratio.js';

/** Words in streams, and what the model's own decisions made of them. */
export class WordResults {
  readonly evaluation: WordsEvaluation;
  readonly #outcomes: { label: string; delay: number | undefined }[];

  constructor(streams: readonly HeardWords[], keywords: readonly string[]) {
    const matched = streams.map(({ words, heard }) => ({ words, ...matchDetections(words, heard) }));
    const all = matched.flatMap(({ words, delays }) => words.map(({ label }, n) => ({ label, delay: delays[n] })));
    this.#outcomes = all.filter(({ label }) => keywords.includes(label));
    const delays = this.#outcomes.flatMap(({ delay }) => delay ?? []);
    this.evaluation = {
      keywords: this.#outcomes.length,
      unknownWords: all.length - this.#outcomes.length,
      hits: delays.length,
      misses: this.#outcomes.length - delays.length,
      falseAccepts: byKind(matched.flatMap(({ falseAccepts }) => falseAccepts)),
      delaysMs: delays.map((seconds) => Math.round(1000 * seconds)).sort((a, b) => a - b),
    };
  }

  /** Of the words with a label, the share that was missed; of all keywords for no label. Null if there are none. */
  falseRejectRate(label?: string): number | null {
    const said = this.#outcomes.filter((outcome) => label === undefined || outcome.label === label);
    const missed = said.filter(({ delay }) => delay === undefined);
    return ratio(missed.length, said.length);
  }
}

function byKind(all: readonly FalseAccept[]): Record<FalseAcceptKind, number> {
  const counts = { repeated: 0, wrongLabel: 0, unknownWord: 0, betweenWords: 0 };
  for (const { kind } of all) counts[kind]++;
  return counts;
}
