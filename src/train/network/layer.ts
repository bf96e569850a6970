import type { Signal } from './signal.js';

/** A part of the network over a whole batch of segments. */
export interface Layer {
  readonly output: Signal;
  /** Computes the output from the source's values, with the parameters at address `weights`. */
  forward(weights: number): void;
  /**
   * With the output's gradients there: adds the parameters' gradients to those at address `gradients`, and leaves the
   * source's gradients unless nobody needs them. Overwrites what `forward` left.
   */
  backward(gradients: number): void;
  /** Starts row r in the state in which row sources[r] ended the last segment; in a fresh one where that is negative. */
  carry(sources: ArrayLike<number>): void;
}
