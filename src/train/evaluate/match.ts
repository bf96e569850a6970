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

/** Detections that are no hits, by what they are. */
export interface StreamFalseAccepts {
  /** The right label, once more. */
  repeated: number;
  /** Another label at a word of the model's. */
  wrongLabel: number;
  /** At a word that the model does not know. */
  unknownWord: number;
  /** At no word at all. */
  betweenWords: number;
}

export interface Matched {
  /** A word each: seconds from its end to its detection (less than 0 if that came before), undefined if missed. */
  delays: (number | undefined)[];
  falseAccepts: StreamFalseAccepts;
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
  const falseAccepts = { repeated: 0, wrongLabel: 0, unknownWord: 0, betweenWords: 0 };
  for (const { label, time } of heard) {
    const near = [...words.keys()].filter((n) => isNear(words[n], time));
    const meant = near.filter((n) => words[n].label === label);
    const hit = meant.find((n) => delays[n] === undefined);
    if (hit !== undefined) delays[hit] = time - words[hit].end;
    else if (meant.length > 0) falseAccepts.repeated++;
    else if (near.length === 0) falseAccepts.betweenWords++;
    else if (near.every((n) => isBackground(words[n].label))) falseAccepts.unknownWord++;
    else falseAccepts.wrongLabel++;
  }
  return { delays, falseAccepts };
}

const isNear = ({ start, end }: SpokenWord, time: number): boolean => time >= start && time <= end + HIT_SECONDS;
