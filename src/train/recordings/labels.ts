/** What a recording is labelled whose word is no label of the model. */
export const UNKNOWN = '_unknown_';
export const SILENCE = '_silence_';
