import type { DecisionConfig } from '../config.js';
import type { EarshotError } from '../errors.js';

/** What hears on behalf of a listener: a spotter on the audio thread, or a server. */
export interface Ear {
  /** To be connected to what is to be heard. */
  readonly node: AudioWorkletNode;
  /** Of what it hears, in hertz. */
  readonly sampleRate: number;
  /** The names behind the posteriors, in order. */
  readonly labels: readonly string[];
  readonly kernels: 'simd' | 'plain';
  readonly lostBlocks: number;
  /** False while a server cannot be reached. */
  readonly isConnected: boolean;
  /** To be called when `isConnected` has changed. */
  onConnectionChange: () => void;
  /** @throws EarshotError EARSHOT_BAD_ARGUMENT */
  configure(decision: Partial<DecisionConfig>): void;
  /** Nothing is reported afterwards. */
  stop(): void;
}

/** How the sound comes to its end. */
export interface Course {
  /** Samples after which it ends; endless without it. */
  length?: number | undefined;
  /** Told of the end of hearing; without an error after the last event. */
  onEnd: (error?: EarshotError) => void;
}
