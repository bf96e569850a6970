import type { SpotterEvent } from './events.js';
import type { Spotter } from './spotter.js';

/**
 * The events of a whole stream as they arise: pushes each chunk, and flushes when there are no more. The spotter is
 * left as it is after `flush`, or in the middle of the stream when the caller stops early.
 * @param chunks samples in [-1, 1] at the spotter's rate, in buffers of any length
 */
export async function* spot(
  spotter: Spotter,
  chunks: Iterable<Float32Array> | AsyncIterable<Float32Array>,
): AsyncGenerator<SpotterEvent, void, undefined> {
  for await (const samples of chunks) yield* spotter.push(samples);
  yield* spotter.flush();
}
