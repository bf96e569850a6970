import { joined } from '../../audio/joined.js';
import { ResampledStream } from '../../audio/resampled-stream.js';
import { plainKernels } from '../../kernels/plain.js';
import type { Sound } from './sound.js';

/** Samples that the kernels' memory holds at once, however long the recording is. */
const ROOM_SAMPLES = 1 << 14;

/** A recording at another rate, by the engine's own resampler, a chunk at a time. */
export class RateConverter {
  readonly #parts: Float32Array[] = [];
  readonly #stream: ResampledStream;

  constructor(from: number, to: number) {
    this.#stream = new ResampledStream(plainKernels(), from, to, ROOM_SAMPLES, (f32, at, count) => {
      this.#parts.push(f32.slice(at, at + count));
    });
  }

  /** The samples that these complete. */
  write(samples: Float32Array): Float32Array {
    this.#stream.write(samples);
    return joined(this.#parts.splice(0));
  }

  /** The samples that are left. */
  end(): Float32Array {
    this.#stream.drain();
    return joined(this.#parts.splice(0));
  }
}

/** The same recording at another rate. */
export function convertRate({ samples, sampleRate }: Sound, rate: number): Float32Array {
  if (sampleRate === rate) return samples;
  const converter = new RateConverter(sampleRate, rate);
  return joined([converter.write(samples), converter.end()]);
}
