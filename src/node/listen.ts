import type { DecisionConfig } from '../config.js';
import type { EarshotError } from '../errors.js';
import type { DetectionEvent, FrameEvent } from '../events.js';
import type { ExtractorName } from '../features/extractor.js';
import type { Model } from '../model.js';
import type { Level } from './level-meter.js';
import { startListening } from './listen-start.js';
import { microphoneProcess } from './microphone-process.js';
import type { MicrophoneInfo } from './microphones.js';

/** How to listen, and whom to tell. */
export interface ListenOptions {
  /** See `openModel`. */
  model: Model;
  /** A keyword was heard. */
  onDetection?: ((event: DetectionEvent) => void) | undefined;
  /** A frame was classified. */
  onFrame?: ((event: FrameEvent) => void) | undefined;
  /** How loud it is, about every 50 ms. */
  onLevel?: ((level: Level) => void) | undefined;
  /** Listening ended with this error, and the microphone is being released. */
  onError?: ((error: EarshotError) => void) | undefined;
  /** `deviceId` of one of `listDevices`, its label or a part of that; the system's choice without it. */
  device?: string | undefined;
  /**
   * Lets the browser's worklet listen, in the process of the microphone: the same file on the same kind of thread. For
   * comparing: here it takes most of a core, and may hear with gaps.
   */
  worklet?: boolean | undefined;
  /** `fused` by default. */
  extractor?: ExtractorName | undefined;
  /** In place of the model's own. */
  decision?: Partial<DecisionConfig> | undefined;
  /** Stops listening when it aborts, also while `listen` is still starting. */
  signal?: AbortSignal | undefined;
}

/** A microphone that is being listened to. */
export interface Listener {
  /** Of the microphone, in hertz. */
  readonly sampleRate: number;
  /** The names behind the posteriors, in order. */
  readonly labels: readonly string[];
  /** Resolves when listening has ended and the microphone is released, whatever ended it. */
  readonly finished: Promise<void>;
  /**
   * Changes thresholds, refractory or minimum duration from now on.
   * @throws EarshotError EARSHOT_BAD_ARGUMENT
   */
  configure(decision: Partial<DecisionConfig>): void;
  /** Ends listening and releases the microphone. No callback is called afterwards. May be called again. */
  stop(): Promise<void>;
}

/**
 * Listens to a microphone, which a process of its own records. Listening ends with `stop()`, with `options.signal`, or
 * with the microphone (`onError` hears EARSHOT_MICROPHONE_LOST); while it goes on, it keeps Node running. Of several
 * channels the mean is heard. Time counts from the first sample.
 * @throws EarshotError EARSHOT_MICROPHONE_DENIED, EARSHOT_MICROPHONE_MISSING, EARSHOT_MICROPHONE_LOST (in use by
 *   another program), EARSHOT_AUDIO_BACKEND, EARSHOT_WORKLET_FAILED, EARSHOT_BAD_ARGUMENT; what `options.signal` is aborted with
 */
export function listen(options: ListenOptions): Promise<Listener> {
  return startListening(options, microphoneProcess);
}

/**
 * The microphones that there are.
 * @throws EarshotError EARSHOT_AUDIO_BACKEND
 */
export function listDevices(): Promise<MicrophoneInfo[]> {
  return microphoneProcess.list();
}
