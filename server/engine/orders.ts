import type { DecisionConfig, PcmEncoding } from 'earshot';

export type EventKind = 'frame' | 'detection';

/** How one stream is to be heard. */
export interface StreamSetup {
  /** Name of a loaded model. */
  model: string;
  sampleRate: number;
  encoding: PcmEncoding;
  channels: number;
  /** Only frames whose index is a multiple of it are reported. */
  frameEvery: number;
  /** What its producer wants to be told. */
  events: readonly EventKind[];
}

/** Changes a producer makes to its stream. */
export interface StreamChanges {
  decision?: Partial<DecisionConfig>;
  /** Labels whose detections the producer is told; all of them at first. */
  labels?: readonly string[];
  events?: readonly EventKind[];
}

/** Carried out in its turn, after all audio that came before it. */
export type Command =
  | { type: 'configure'; changes: StreamChanges }
  /** Ends the utterance: reports what is held back, then begins anew. */
  | { type: 'flush' }
  | { type: 'reset' }
  /** Reports what is held back, then ends the stream. */
  | { type: 'close' }
  /** The connection was cut: forgets the bytes of a sample that is not whole. */
  | { type: 'trim' };

/** What a spotting thread is told about the stream `id`. */
export type Order =
  | { type: 'open'; id: number; setup: StreamSetup }
  /** The next so many bytes of the batch's audio. */
  | { type: 'audio'; id: number; bytes: number }
  | { type: 'command'; id: number; command: Command }
  /** At once: whether anybody but the producer wants its frames. */
  | { type: 'watch'; id: number; frames: boolean }
  /** At once: ends it without a report. */
  | { type: 'drop'; id: number };

/** Orders of one turn of the event loop, and their audio in one piece. */
export interface OrderBatch {
  orders: Order[];
  audio: Uint8Array;
}

/** A frame or a detection. */
export interface ReportedEvent {
  kind: EventKind;
  /** Whether the producer wants to be told. */
  own: boolean;
  /** See `fieldsOf`. */
  fields: string;
  /** Of a detection. */
  label?: string;
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
  outcome: 'open' | 'closed' | 'failed';
  /** What went wrong, for the log. */
  fault?: string | undefined;
}

/** What a spotting thread tells after each round of work. */
export interface ReportBatch {
  reports: StreamReport[];
  /** Frames classified in this round. */
  frames: number;
  /** Batched steps of this round. */
  steps: number;
  /** Duration of this round. */
  milliseconds: number;
}

/** What a spotting thread is started with. */
export interface ThreadData {
  /** Names and paths. */
  models: readonly (readonly [name: string, path: string])[];
}
