/** A frame or a detection. */
export type ReportedEvent = ReportedFrame | ReportedDetection;

export interface ReportedFrame {
  kind: 'frame';
  /** Whether the producer wants to be told. */
  own: boolean;
  /** See `fieldsOf`; empty where nobody wants JSON. */
  fields: string;
  /** See `frameRecord`; for a producer who wants that. */
  record?: Uint8Array;
}

interface ReportedDetection {
  kind: 'detection';
  own: boolean;
  fields: string;
  label: string;
}

/** An utterance has ended: by `flush`, `reset` or `close`. */
export interface ReportedEnd {
  kind: 'end';
  /** As in `StreamReport`, at this point. */
  samples: number;
  commands: number;
  /** Bytes that made no whole sample. */
  leftover: number;
}

export const OUTCOMES = ['open', 'closed', 'failed'] as const;

/** What became of one stream since the last report. */
export interface StreamReport {
  id: number;
  events: (ReportedEvent | ReportedEnd)[];
  /** Frames that have been classified, since the stream was opened; those that nobody wants count too. */
  frames: number;
  /** Samples a channel that have been classified, since the stream was opened. */
  samples: number;
  /** Bytes that have been classified or dropped, since the stream was opened. */
  bytes: number;
  /** Commands that were carried out; `trim` is not counted. */
  commands: number;
  /** `closed` is the last report of a stream; `failed` too, for a fault of ours. */
  outcome: (typeof OUTCOMES)[number];
  /** What went wrong, for the log. */
  fault?: string;
}

/** A round of work. */
export interface Round {
  /** Frames classified. */
  frames: number;
  /** Batched steps. */
  steps: number;
  milliseconds: number;
}
