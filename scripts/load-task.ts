// What load-point.ts asks of load-generator.ts, a process of its own, and what that answers.

export const SAMPLE_RATE = 16000;
export const MESSAGE_MILLISECONDS = 100;
export const MESSAGE_SAMPLES = (SAMPLE_RATE * MESSAGE_MILLISECONDS) / 1000;
export const FRAME_EVERY = 5;
/** Before measuring, and after the last of the streams has been opened. */
export const SETTLE_SECONDS = 5;

export interface LoadTask {
  url: string;
  model: string;
  streams: number;
  seconds: number;
  /** Number of the message that completes frame k · FRAME_EVERY. */
  completing: number[];
}

export interface LoadOutcome {
  latencies: number[];
  /** Events of frames that were due, and did not come while the generator waited for them. */
  missing: number;
  /** Messages that were sent late; then it is the generator that cannot keep up. */
  lateSends: number;
  /** Streams that the server ended. */
  lost: number;
  cpuSeconds: number;
}
