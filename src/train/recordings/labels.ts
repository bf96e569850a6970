/** What a recording is labelled whose word is no label of the model. */
export const UNKNOWN = '_unknown_';
export const SILENCE = '_silence_';

/** The label of a recording in which a word is said. */
export const labelOf = (word: string, labels: readonly string[]): string => (labels.includes(word) ? word : UNKNOWN);
