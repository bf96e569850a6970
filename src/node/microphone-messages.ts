import type { ErrorCode } from '../errors.js';
import type { MicrophoneInfo } from './microphones.js';

/** To the microphone's process: the one message that says what it is for. */
export type ToMicrophone = { type: 'list' } | { type: 'open'; device: string | undefined };

/** From the microphone's process. */
export type FromMicrophone =
  | { type: 'devices'; devices: MicrophoneInfo[] }
  | { type: 'open'; sampleRate: number }
  | { type: 'samples'; samples: Float32Array }
  | { type: 'failed'; code: ErrorCode; message: string };
