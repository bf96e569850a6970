import type { DecisionConfig } from '../config.js';
import type { SpotterEvent } from '../events.js';
import type { Report } from '../worklet/protocol.js';

/** What makes events of a microphone's sound: a spotter on this thread, or the browser's worklet where it is recorded. */
export interface Ear {
  /** The next samples, for an ear on this thread. */
  samples?(samples: Float32Array): void;
  /** What the worklet has found. */
  report?(report: Report): void;
  /** @throws EarshotError EARSHOT_BAD_ARGUMENT */
  configure(decision: Partial<DecisionConfig>): void;
  /** Lets go of what is held here; the worklet ends with the microphone. */
  dispose?(): void;
}

/** Is told each detection, and each frame if frames are wanted. */
export type TellEvent = (event: SpotterEvent) => void;
