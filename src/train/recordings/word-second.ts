import type { Span } from './span.js';

/** Recordings up to this are taken as they are, as those of Speech Commands are. */
const LONGEST_CLIP_S = 1.2;

/**
 * The second of a recording in which its word is: around the moment by which half of its energy has been heard. A
 * recording that is hardly longer than a second stays whole.
 */
export function wordSecond(samples: Int16Array | Float32Array, span: Span, sampleRate: number): Span {
  if (span.length <= LONGEST_CLIP_S * sampleRate) return span;
  const middle = energyMedian(samples.subarray(span.offset, span.offset + span.length));
  const start = Math.max(0, Math.min(span.length - sampleRate, middle - Math.floor(sampleRate / 2)));
  return { offset: span.offset + start, length: sampleRate };
}

function energyMedian(samples: Int16Array | Float32Array): number {
  let total = 0;
  for (const x of samples) total += x * x;
  let rest = total / 2;
  const reached = (x: number): boolean => {
    rest -= x * x;
    return rest < 0;
  };
  return Math.max(0, samples.findIndex(reached));
}
