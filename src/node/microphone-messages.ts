import type { ErrorCode } from '../errors.js';
import type { Command, ProcessorOptions, Report } from '../worklet/protocol.js';
import type { MicrophoneInfo } from './microphones.js';

/** To the microphone's process: first the one message that says what it is for, then commands for the worklet. */
export type ToMicrophone =
  | { type: 'list' }
  | { type: 'open'; device: string | undefined; worklet: ProcessorOptions | undefined }
  | { type: 'command'; command: Command };

/** From the microphone's process. */
export type FromMicrophone =
  | { type: 'devices'; devices: MicrophoneInfo[] }
  | { type: 'open'; sampleRate: number }
  | { type: 'samples'; samples: Float32Array }
  | { type: 'report'; report: Report }
  | { type: 'failed'; code: ErrorCode; message: string };
