import { type EarshotEvent, encodeEvent } from '../../events.js';
import type { Format } from './format.js';

/** Every event as one line of JSON; docs/events.md describes them. */
export class JsonlFormat implements Format {
  readonly head = '';

  write(event: EarshotEvent): string {
    return `${encodeEvent(event)}\n`;
  }

  endFile(): string {
    return '';
  }
}
