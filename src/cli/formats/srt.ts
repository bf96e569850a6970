import type { EarshotEvent } from '../../events.js';
import { subRipTime } from './clock.js';
import type { Format } from './format.js';
import { labelOf } from './label-of.js';

/** Subtitles (SubRip): a numbered cue a detection, from its start to its end. */
export class SubRipFormat implements Format {
  readonly head = '';
  #cue = 0;

  write(event: EarshotEvent): string {
    if (event.type !== 'detection') return '';
    const times = `${subRipTime(event.start)} --> ${subRipTime(event.end)}`;
    return `${++this.#cue}\n${times}\n${labelOf(event)}\n\n`;
  }

  endFile(): string {
    return '';
  }
}
