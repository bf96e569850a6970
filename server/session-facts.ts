import type { ModelInfo } from 'earshot';
import type { FrameFormat } from './engine/orders.js';

/** What a session is about. */
export interface SessionFacts {
  name: string;
  model: ModelInfo;
  sampleRate: number;
  /** A sample of each channel. */
  frameBytes: number;
  framesPerMessage: number;
  frameFormat: FrameFormat;
  /** Of the client. */
  address: string;
}
