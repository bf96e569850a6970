import type { EarshotEvent } from '../../events.js';

/** What a format has to know before the first event. */
export interface FormatOptions {
  /** All labels of the model, in the order of the posteriors. */
  labels: readonly string[];
  /** Events carry `channel`. */
  perChannel: boolean;
  /** Frames are asked for. */
  frames: boolean;
  /** Results come from more files than one, or from one that the user did not name. */
  severalFiles: boolean;
}

/** Turns the events of one run into text. Each text is whole lines, or nothing. */
export interface Format {
  /** What comes before all events. */
  readonly head: string;
  /** Takes the next event: a file, and what was heard in it. */
  write(event: EarshotEvent): string;
  /** What comes after a file that was read to its end. */
  endFile(): string;
}
