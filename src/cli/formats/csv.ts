import type { EarshotEvent } from '../../events.js';
import type { Format, FormatOptions } from './format.js';

const DECIMALS = 6;

/**
 * For spreadsheets and data frames (RFC 4180, with \n): a row a detection, or, where frames are asked for, a row a frame
 * with a column for each label's posterior. Times are seconds of input.
 */
export class CsvFormat implements Format {
  readonly head: string;
  readonly #frames: boolean;
  #path = '';

  constructor({ labels, perChannel, frames }: FormatOptions) {
    this.#frames = frames;
    const columns = frames ? ['path', 'frame', 'time', ...labels] : ['path', 'label', 'score', 'start', 'end'];
    this.head = row(perChannel ? [...columns, 'channel'] : columns);
  }

  write(event: EarshotEvent): string {
    if (event.type === 'file') this.#path = event.path;
    if (event.type === 'frame' && this.#frames) {
      const { index, time, posteriors, channel } = event;
      return row([this.#path, index, time, ...posteriors.map(rounded), ...optional(channel)]);
    }
    if (event.type === 'detection' && !this.#frames) {
      const { label, score, start, end, channel } = event;
      return row([this.#path, label, rounded(score), start, end, ...optional(channel)]);
    }
    return '';
  }

  endFile(): string {
    return '';
  }
}

const optional = (channel: number | undefined): number[] => (channel === undefined ? [] : [channel]);

const rounded = (probability: number): string => probability.toFixed(DECIMALS);

function row(fields: readonly (string | number)[]): string {
  return `${fields.map((field) => quoted(String(field))).join(',')}\n`;
}

/** In quotes where it must be. */
function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
