/** What a recording is labelled whose word is no label of the model. */
export const UNKNOWN = '_unknown_';
export const SILENCE = '_silence_';

/** The label of a recording in which a word is said, however letters with accents are composed: macOS takes them apart. */
export const labelOf = (word: string, labels: readonly string[]): string =>
  labels.find((label) => label.normalize() === word.normalize()) ?? UNKNOWN;
