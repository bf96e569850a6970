import { isBackground } from '../../config.js';

/** A word in a stream, in seconds. */
export interface SpokenWord {
  label: string;
  start: number;
  end: number;
}

/** A detection in a stream; `time` is the end of the frame that decided, in seconds. */
export interface Heard {
  label: string;
  time: number;
}

/**
 * What a detection is that is no hit: the right label once more, another label at a word of the model's, at a word that
 * the model does not know, at no word at all.
 */
export type FalseAcceptKind = 'repeated' | 'wrongLabel' | 'unknownWord' | 'betweenWords';

/** A detection that is no hit. */
export interface FalseAccept {
  kind: FalseAcceptKind;
  label: string;
}

export interface Matched {
  /** A word each: seconds from its end to its detection (less than 0 if that came before), undefined if missed. */
  delays: (number | undefined)[];
  falseAccepts: FalseAccept[];
}

/** How long after its end a word may be detected. */
export const HIT_SECONDS = 0.75;

/**
 * Tells hits from false accepts. A detection is a hit if it says the label of a word between the word's start and
 * 0.75 s after its end, both included, and the word was not hit before; where two words could be meant, the earlier.
 * @param heard in order of time
 */
export function matchDetections(words: readonly SpokenWord[], heard: readonly Heard[]): Matched {
  const delays: (number | undefined)[] = words.map(() => undefined);
  const falseAccepts: FalseAccept[] = [];
  for (const { label, time } of heard) {
    const near = [...words.keys()].filter((n) => isNear(words[n], time));
    const meant = near.filter((n) => words[n].label === label);
    const hit = meant.find((n) => delays[n] === undefined);
    if (hit !== undefined) delays[hit] = time - words[hit].end;
    else if (meant.length > 0) falseAccepts.push({ kind: 'repeated', label });
    else if (near.length === 0) falseAccepts.push({ kind: 'betweenWords', label });
    else if (near.every((n) => isBackground(words[n].label))) falseAccepts.push({ kind: 'unknownWord', label });
    else falseAccepts.push({ kind: 'wrongLabel', label });
  }
  return { delays, falseAccepts };
}

const isNear = ({ start, end }: SpokenWord, time: number): boolean => time >= start && time <= end + HIT_SECONDS;
