import type { ServerAddress } from '../client/index.js';
import type { DecisionConfig } from '../config.js';
import type { EarshotError } from '../errors.js';
import type { DetectionEvent, FrameEvent } from '../events.js';
import type { ExtractorName } from '../features/extractor.js';
import type { FrameInspection } from '../worklet/report-reader.js';

export type { FrameInspection };

/**
 * `suspended`: the browser holds the audio back, until a gesture of the user or until the page is seen again, or the
 * microphone is muted by browser or system.
 * `reconnecting`: the connection to the server is lost and is being made again; sound is kept meanwhile.
 */
export type ListenerState = 'running' | 'suspended' | 'reconnecting' | 'stopped';

/** A server that hears in the page's place. */
export interface RemoteServer {
  /** "https://example.org" */
  address: ServerAddress;
  /** Where the server wants one. */
  token?: string | undefined;
  /** Of the stream, for those who subscribe to it; the server invents one by default. */
  name?: string | undefined;
  /** One of the server's models; its default one by default. */
  model?: string | undefined;
}

/** How to listen, and whom to tell. */
export interface ListenOptions {
  /** The bytes of a model; see `fetchModel`. */
  model: Uint8Array;
  /** A keyword was heard. Told at once. */
  onDetection?: ((event: DetectionEvent) => void) | undefined;
  /** A frame was classified. Told about every 50 ms, a few frames together. */
  onFrame?: ((event: FrameEvent) => void) | undefined;
  /** Listening ended with this error; `state` is then `stopped`. */
  onError?: ((error: EarshotError) => void) | undefined;
  onStateChange?: ((state: ListenerState) => void) | undefined;
  /** Told after `onFrame` of the same frame. */
  onInspect?: ((inspection: FrameInspection) => void) | undefined;
  /** The next samples heard, mixed to one channel, at the listener's sample rate: about 50 ms at a time. */
  onSamples?: ((samples: Float32Array) => void) | undefined;
  /** One of `listDevices`; the system's choice without it. */
  deviceId?: string | undefined;
  /** These three change the sound that the model was made for: off unless asked for. */
  echoCancellation?: boolean | undefined;
  noiseSuppression?: boolean | undefined;
  autoGainControl?: boolean | undefined;
  /** `fused` by default. */
  extractor?: ExtractorName | undefined;
  /** In place of the model's own. */
  decision?: Partial<DecisionConfig> | undefined;
  /** `simd` (WebAssembly) where the page may use it and `plain` elsewhere, unless one is asked for. */
  kernels?: 'simd' | 'plain' | undefined;
  /** Where spotter.worklet.js lies: beside the library's own file by default. */
  workletUrl?: string | URL | undefined;
  /** To listen in a context of your own, which is then neither resumed nor closed for you. */
  audioContext?: AudioContext | undefined;
  /** Stops listening when it aborts, also while `listen` is still starting. */
  signal?: AbortSignal | undefined;
}

/**
 * The same for a server that hears in the page's place, and gets the sound. Of `decision` it takes `threshold`, for all
 * labels, and `thresholds`.
 */
export interface RemoteListenOptions extends Omit<ListenOptions, 'model' | 'onInspect' | 'extractor'> {
  server: ServerAddress | RemoteServer;
}

/** Something that is being listened to. */
export interface Listener {
  /** Of what is heard, in hertz: the device's, or 16,000 on a server. */
  readonly sampleRate: number;
  /** The names behind the posteriors, in order. */
  readonly labels: readonly string[];
  readonly state: ListenerState;
  /** The kernels that the audio thread could have. */
  readonly kernels: 'simd' | 'plain';
  /** Blocks of (usually) 128 samples that the browser left out. */
  readonly lostBlocks: number;
  /** Resolves when listening has ended, whatever ended it; for files and buffers after the last event. */
  readonly finished: Promise<void>;
  /**
   * Changes thresholds, refractory or minimum duration from now on; on a server thresholds alone. Chromium does not let
   * it reach a recording that a model in the page hears.
   * @throws EarshotError EARSHOT_BAD_ARGUMENT
   */
  configure(decision: Partial<DecisionConfig>): void;
  /** Ends listening and releases the microphone. No callback is called afterwards. */
  stop(): Promise<void>;
}
