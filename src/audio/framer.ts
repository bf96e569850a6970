import type { KernelMemory } from '../kernels/memory.js';
import type { SlotLayout } from '../kernels/slot.js';

/** Cuts samples into overlapping frames: frame k covers samples [k · hop, k · hop + frame). */
export class Framer {
  readonly #memory: KernelMemory;
  readonly #frameSamples: number;
  readonly #hopSamples: number;
  readonly #buffer: number;
  readonly #filled: number;
  readonly #frames: number;

  constructor(memory: KernelMemory, layout: SlotLayout, frameSamples: number, hopSamples: number) {
    this.#memory = memory;
    this.#frameSamples = frameSamples;
    this.#hopSamples = hopSamples;
    this.#buffer = layout.float32(frameSamples);
    this.#filled = layout.float64(1);
    this.#frames = layout.float64(1);
  }

  /** Samples that are missing to the next frame. */
  room(slot: number): number {
    return this.#frameSamples - this.#memory.f64[(slot + this.#filled) >> 3];
  }

  /** Address for the next samples; say `added` when they are there. */
  end(slot: number): number {
    return slot + this.#buffer + this.#memory.f64[(slot + this.#filled) >> 3] * 4;
  }

  added(slot: number, samples: number): void {
    this.#memory.f64[(slot + this.#filled) >> 3] += samples;
  }

  /** Fills the frame up with silence. */
  pad(slot: number): void {
    const end = this.end(slot) >> 2;
    const room = this.room(slot);
    this.#memory.f32.fill(0, end, end + room);
    this.added(slot, room);
  }

  /** Address of the frame that is full now. */
  frame(slot: number): number {
    return slot + this.#buffer;
  }

  /** Goes on by one hop, once the full frame has been used. */
  advance(slot: number): void {
    const { f32, f64 } = this.#memory;
    const start = this.frame(slot) >> 2;
    f32.copyWithin(start, start + this.#hopSamples, start + this.#frameSamples);
    f64[(slot + this.#filled) >> 3] -= this.#hopSamples;
    f64[(slot + this.#frames) >> 3]++;
  }

  /** Frames so far. */
  frames(slot: number): number {
    return this.#memory.f64[(slot + this.#frames) >> 3];
  }

  /** Samples so far. */
  samples(slot: number): number {
    return this.frames(slot) * this.#hopSamples + this.#memory.f64[(slot + this.#filled) >> 3];
  }

  /** Frames that n samples have once the last one has been padded: 1 + ⌈(n - frame) / hop⌉, or none for none. */
  framesWhenPadded(samples: number): number {
    if (samples === 0) return 0;
    return 1 + Math.max(0, Math.ceil((samples - this.#frameSamples) / this.#hopSamples));
  }
}
