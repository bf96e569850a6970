import type { EarshotError } from '../errors.js';
import type { Command, ProcessorOptions, Report } from '../worklet/protocol.js';

/** A microphone, as the system tells of it. */
export interface MicrophoneInfo {
  /** Stays the same while the system's devices do. */
  deviceId: string;
  /** For people: "default", "pulse", "USB Audio Device". */
  label: string;
}

/** Which microphone is to be opened. */
export interface MicrophoneRequest {
  /** Its `deviceId`, its label or a part of that; the system's choice without it. */
  device?: string | undefined;
  /** Lets the browser's worklet hear it where it is recorded. */
  worklet?: ProcessorOptions | undefined;
  /** Gives up opening when it aborts. */
  signal?: AbortSignal | undefined;
}

/** Who is told what a microphone hears. `open` comes before all else, `end` after it. */
export interface MicrophoneSink {
  open(sampleRate: number): void;
  /** The next samples, one channel in [-1, 1]. They may be kept. */
  samples(samples: Float32Array): void;
  /** What the worklet has found in the samples, if one was asked for. */
  report?(report: Report): void;
  /** The microphone ended by itself. It still has to be closed. */
  end(error: EarshotError): void;
}

/** A microphone that is open. */
export interface Microphone {
  /** Releases the microphone; resolves when that is done. May be called again. */
  close(): Promise<void>;
  /** For the worklet. */
  command?(command: Command): void;
}

/** Where microphones come from: a process of its own, and something simpler in tests. */
export interface Microphones {
  /** @throws EarshotError EARSHOT_AUDIO_BACKEND */
  list(): Promise<MicrophoneInfo[]>;
  /**
   * @throws EarshotError EARSHOT_MICROPHONE_DENIED, EARSHOT_MICROPHONE_MISSING, EARSHOT_MICROPHONE_LOST (in use),
   *   EARSHOT_AUDIO_BACKEND; what `signal` is aborted with, and what `sink.open` throws
   */
  open(request: MicrophoneRequest, sink: MicrophoneSink): Promise<Microphone>;
}
