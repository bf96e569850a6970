import type { DecisionConfig, PcmEncoding } from 'earshot';

export type EventKind = 'frame' | 'detection';

/** How frames travel to a producer. */
export type FrameFormat = 'json' | 'binary';

/** How one stream is to be heard. */
export interface StreamSetup {
  /** Name of a loaded model. */
  model: string;
  sampleRate: number;
  encoding: PcmEncoding;
  channels: number;
  /** Only frames whose index is a multiple of it are reported. */
  frameEvery: number;
  frameFormat: FrameFormat;
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

/** What a spotting thread is told about the stream `id`, beside its audio. */
export type Order =
  | { type: 'open'; id: number; setup: StreamSetup }
  | { type: 'command'; id: number; command: Command }
  /** At once: whether anybody but the producer wants its frames. */
  | { type: 'watch'; id: number; frames: boolean };

/** What a spotting thread is started with. */
export interface ThreadData {
  /** Names and paths. */
  models: readonly (readonly [name: string, path: string])[];
}
