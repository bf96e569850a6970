import type { EarshotEvent } from '../../events.js';
import type { Format } from './format.js';
import { labelOf } from './label-of.js';

/** Audacity reads and writes microseconds. */
const DECIMALS = 6;

/** A label track for Audacity (File > Import > Labels): start, end, label, apart by tabs. */
export class AudacityFormat implements Format {
  readonly head = '';

  write(event: EarshotEvent): string {
    if (event.type !== 'detection') return '';
    return `${event.start.toFixed(DECIMALS)}\t${event.end.toFixed(DECIMALS)}\t${labelOf(event)}\n`;
  }

  endFile(): string {
    return '';
  }
}
