import { Inbox } from '../../audio/inbox.js';
import { joined } from '../../audio/joined.js';
import { Resampler, ResamplerFilter } from '../../audio/resampler.js';
import { plainKernels } from '../../kernels/plain.js';
import { SlotLayout } from '../../kernels/slot.js';
import type { Sound } from './sound.js';

const BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Samples that the kernels' memory holds at once, however long the recording is. */
const PIECE = 1 << 14;

/** A recording at another rate, by the engine's own resampler, a chunk at a time. */
export class RateConverter {
  readonly #kernels = plainKernels();
  readonly #filter: ResamplerFilter;
  readonly #resampler: Resampler;
  readonly #slot: number;
  readonly #inbox: Inbox;
  readonly #out: number;
  #received = 0;
  #given = 0;

  /** @throws EarshotError EARSHOT_AUDIO_RATE */
  constructor(from: number, to: number) {
    const { memory } = this.#kernels;
    const layout = new SlotLayout();
    this.#filter = new ResamplerFilter(this.#kernels, from, to);
    this.#resampler = new Resampler(this.#kernels, layout, this.#filter);
    this.#slot = memory.allocate(layout.bytes);
    this.#inbox = new Inbox(this.#kernels, PIECE);
    this.#out = memory.allocate(PIECE * BYTES);
  }

  /** The samples that these complete. */
  write(samples: Float32Array): Float32Array {
    const parts: Float32Array[] = [];
    for (let from = 0; from < samples.length; from += PIECE) {
      const count = this.#inbox.put(samples, from);
      for (let taken = 0; taken < count; ) {
        const address = this.#inbox.address + taken * BYTES;
        taken += this.#resampler.write(this.#slot, address, count - taken, this.#out, PIECE);
        parts.push(this.#written());
      }
    }
    this.#received += samples.length;
    return joined(parts);
  }

  /** The samples that are left. */
  end(): Float32Array {
    const parts: Float32Array[] = [];
    for (;;) {
      const room = Math.min(PIECE, this.#filter.outputsFor(this.#received) - this.#given);
      if (room === 0) return joined(parts);
      this.#resampler.drain(this.#slot, this.#out, room);
      parts.push(this.#written());
    }
  }

  #written(): Float32Array {
    const at = this.#out >> 2;
    this.#given += this.#resampler.written;
    return this.#kernels.memory.f32.slice(at, at + this.#resampler.written);
  }
}

/** The same recording at another rate. @throws EarshotError EARSHOT_AUDIO_RATE */
export function convertRate({ samples, sampleRate }: Sound, rate: number): Float32Array {
  if (sampleRate === rate) return samples;
  const converter = new RateConverter(sampleRate, rate);
  return joined([converter.write(samples), converter.end()]);
}
