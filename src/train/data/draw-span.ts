import type { Random } from '../random.js';
import type { Span } from '../recordings/span.js';

/** One of some recordings: every moment of all of them has the same chance. */
export function drawSpan(spans: readonly Span[], random: Random): Span {
  let place = random.unit() * totalLength(spans);
  for (const span of spans) {
    place -= span.length;
    if (place < 0) return span;
  }
  return spans[spans.length - 1];
}

export const totalLength = (spans: readonly Span[]): number => spans.reduce((sum, { length }) => sum + length, 0);
