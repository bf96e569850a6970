import type { DecisionConfig } from '../config.js';

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
