import type { ErrorCode } from '../errors.js';
import type { DetectionEvent, FrameEvent } from '../events.js';

/** First message of a stream's connection. */
export interface ReadyMessage {
  type: 'ready';
  protocol: 1;
  /** Names the session in the server's log. */
  session: string;
  /** Name of the stream. */
  name: string;
  /** Takes the session over from another connection: keep it secret. */
  token: string;
  model: string;
  labels: string[];
  /** Hertz, as asked for. */
  sample_rate: number;
  /** From one frame to the next. */
  hop_seconds: number;
  frame_seconds: number;
  /** Samples a channel and commands that the server has: go on after them. */
  resume_from: number;
  commands: number;
  /** How long the session waits for a lost connection to come back. */
  grace_seconds: number;
}

/** Samples and commands that have been dealt with, and the number of the last message about them. */
export interface AckMessage {
  type: 'ack';
  samples: number;
  commands: number;
  seq: number;
}

/** The answer to a message of the same kind. */
interface KeepaliveMessage {
  type: 'keepalive';
}

export interface TroubleMessage<Type extends 'warning' | 'error'> {
  type: Type;
  code: ErrorCode;
  message: string;
}

/** What a stream came to. */
export interface Totals {
  samples: number;
  frames: number;
  detections: number;
}

interface Numbered {
  seq: number;
}

interface InStream extends Numbered {
  /** Name of the stream. */
  stream: string;
}

export type ProducerMessage =
  | ReadyMessage
  | AckMessage
  | KeepaliveMessage
  | TroubleMessage<'warning'>
  | TroubleMessage<'error'>
  | (Omit<FrameEvent, 'channel'> & Numbered)
  | (Omit<DetectionEvent, 'channel'> & Numbered)
  | ({ type: 'frames'; frames: Omit<FrameEvent, 'channel'>[] } & Numbered)
  | ({ type: 'closed' } & Numbered & Totals);

export interface StreamOpenedEvent extends InStream {
  type: 'stream_opened';
  model: string;
  labels: string[];
  sample_rate: number;
}

export interface StreamClosedEvent extends InStream, Totals {
  type: 'stream_closed';
}

/** An event of some stream, as subscribers get it. */
export type StreamEvent =
  | StreamOpenedEvent
  | (Omit<FrameEvent, 'channel'> & InStream)
  | (Omit<DetectionEvent, 'channel'> & InStream)
  | StreamClosedEvent;

export type SubscriberMessage =
  | { type: 'subscribed'; protocol: 1; seq: number; server: string }
  | StreamEvent
  | (KeepaliveMessage & Numbered)
  | TroubleMessage<'warning'>
  | TroubleMessage<'error'>;
