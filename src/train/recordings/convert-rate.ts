import { Inbox } from '../../audio/inbox.js';
import { Resampler, ResamplerFilter } from '../../audio/resampler.js';
import { plainKernels } from '../../kernels/plain.js';
import { SlotLayout } from '../../kernels/slot.js';
import type { Sound } from './sound.js';

const BYTES = Float32Array.BYTES_PER_ELEMENT;

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
  const total = filter.outputsFor(samples.length);
  const out = memory.allocate(total * BYTES);
  const inbox = new Inbox(kernels, samples.length);
  inbox.put(samples, 0);
  let taken = 0;
  let written = 0;
  const room = () => total - written;
  const next = () => out + written * BYTES;
  while (taken < samples.length && room() > 0) {
    taken += resampler.write(slot, inbox.address + taken * BYTES, samples.length - taken, next(), room());
    written += resampler.written;
  }
  while (room() > 0) {
    resampler.drain(slot, next(), room());
    written += resampler.written;
  }
  return memory.f32.slice(out >> 2, (out >> 2) + total);
}
