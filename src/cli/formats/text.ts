import { isBackground } from '../../config.js';
import type { DetectionEvent, EarshotEvent } from '../../events.js';
import { clock } from './clock.js';
import type { Format, FormatOptions } from './format.js';
import { oneLine } from './one-line.js';

/** For people: a line a detection with when it begins, what it is and how sure; under the file's name if there are several. */
export class TextFormat implements Format {
  readonly head = '';
  readonly #severalFiles: boolean;
  readonly #labelWidth: number;
  #isFirstFile = true;
  #heard = 0;

  constructor({ labels, severalFiles }: FormatOptions) {
    this.#severalFiles = severalFiles;
    this.#labelWidth = Math.max(0, ...labels.filter((label) => !isBackground(label)).map((label) => label.length));
  }

  write(event: EarshotEvent): string {
    if (event.type === 'file') return this.#heading(event.path);
    if (event.type === 'detection') return this.#line(event);
    return '';
  }

  endFile(): string {
    return this.#heard === 0 ? `${this.#indent}nothing heard\n` : '';
  }

  get #indent(): string {
    return this.#severalFiles ? '  ' : '';
  }

  #heading(path: string): string {
    const gap = this.#isFirstFile ? '' : '\n';
    this.#isFirstFile = false;
    this.#heard = 0;
    return this.#severalFiles ? `${gap}${oneLine(path)}\n` : '';
  }

  #line({ label, score, start, channel }: DetectionEvent): string {
    this.#heard++;
    const columns = [clock(start), oneLine(label).padEnd(this.#labelWidth), score.toFixed(2)];
    if (channel !== undefined) columns.push(`channel ${channel}`);
    return `${this.#indent}${columns.join('  ')}\n`;
  }
}
