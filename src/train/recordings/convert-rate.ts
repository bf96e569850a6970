import { Inbox } from '../../audio/inbox.js';
import { Resampler, ResamplerFilter } from '../../audio/resampler.js';
import { plainKernels } from '../../kernels/plain.js';
import { SlotLayout } from '../../kernels/slot.js';
import type { Sound } from './sound.js';

const BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Samples that the kernels' memory holds at once, however long the recording is. */
const PIECE = 1 << 14;

/**
 * The same recording at another rate, by the engine's own resampler.
 * @throws EarshotError EARSHOT_AUDIO_RATE
 */
export function convertRate({ samples, sampleRate }: Sound, rate: number): Float32Array {
  if (sampleRate === rate) return samples;
  const kernels = plainKernels();
  const { memory } = kernels;
  const layout = new SlotLayout();
  const filter = new ResamplerFilter(kernels, sampleRate, rate);
  const resampler = new Resampler(kernels, layout, filter);
  const slot = memory.allocate(layout.bytes);
  const inbox = new Inbox(kernels, PIECE);
  const out = memory.allocate(PIECE * BYTES);
  const converted = new Float32Array(filter.outputsFor(samples.length));
  let written = 0;
  const room = () => Math.min(PIECE, converted.length - written);
  const keep = () => {
    converted.set(memory.f32.subarray(out >> 2, (out >> 2) + resampler.written), written);
    written += resampler.written;
  };
  for (let from = 0; from < samples.length; from += PIECE) {
    const count = inbox.put(samples, from);
    for (let taken = 0; taken < count && room() > 0; keep()) {
      taken += resampler.write(slot, inbox.address + taken * BYTES, count - taken, out, room());
    }
  }
  while (room() > 0) {
    resampler.drain(slot, out, room());
    keep();
  }
  return converted;
}
