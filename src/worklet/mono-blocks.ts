import { mixInto } from '../audio/pcm.js';
import { BlockCounter } from './block-counter.js';

/**
 * The blocks of an AudioWorkletProcessor's input as one stream of one channel. It begins with the first block that has
 * channels; later, a block without any is silence. Allocates nothing in its steady state.
 */
export class MonoBlocks {
  readonly #blocks = new BlockCounter();
  #hasBegun = false;
  /** Samples still to come. */
  #remaining: number;
  /** For a block that is silent or has to be mixed; made anew only when the block length changes. */
  #block = new Float32Array(128);

  /** @param length samples after which the stream ends */
  constructor(length = Infinity) {
    this.#remaining = length;
  }

  /** Blocks so far that the host left out. */
  get lost(): number {
    return this.#blocks.lost;
  }

  /** Whether the last sample has been given out. */
  get isOver(): boolean {
    return this.#remaining <= 0;
  }

  /**
   * The samples of the next block, to be used at once; undefined before the stream begins.
   * @param channels of the input; none, or undefined, where nothing comes in
   * @param length samples of a block without channels
   * @param currentFrame the host's count of samples at the start of the block
   */
  next(channels: readonly Float32Array[] | undefined, length: number, currentFrame: number): Float32Array | undefined {
    this.#hasBegun ||= channels !== undefined && channels.length > 0;
    if (!this.#hasBegun) return undefined;
    const block = this.#mono(channels, length);
    this.#blocks.count(currentFrame, block.length);
    this.#remaining -= block.length;
    return this.#remaining < 0 ? block.subarray(0, block.length + this.#remaining) : block;
  }

  #mono(channels: readonly Float32Array[] | undefined, length: number): Float32Array {
    if (channels === undefined || channels.length === 0) return this.#blockOf(length).fill(0);
    if (channels.length === 1) return channels[0];
    const mixed = this.#blockOf(channels[0].length);
    mixInto(channels, mixed);
    return mixed;
  }

  #blockOf(length: number): Float32Array {
    if (this.#block.length !== length) this.#block = new Float32Array(length);
    return this.#block;
  }
}
