import type { DetectionEvent } from '../../events.js';
import { oneLine } from './one-line.js';

/** A detection's label for a format without a place for the channel: "1: stop" where channels are heard apart. */
export function labelOf({ label, channel }: DetectionEvent): string {
  return channel === undefined ? oneLine(label) : `${channel}: ${oneLine(label)}`;
}
