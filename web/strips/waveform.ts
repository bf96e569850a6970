import type { DetectionEvent } from '../../src/events.js';
import type { ColumnRing } from '../column-ring.js';
import type { Theme } from '../theme.js';
import { SharpCanvas } from './sharp-canvas.js';

const FLAG_ROW_HEIGHT = 14;
/** Above and below the words, the bar under them included. */
const FLAG_MARGINS = 8;
/** On fewer pixels, words that are said one after another do not fit beside each other: they get a second row. */
const NARROW_WIDTH = 500;
const FLAG_FONT = '600 12px system-ui, sans-serif';
/** Below 1, so that quiet speech is seen too: a twentieth of full scale reaches a seventh of the height. */
const LEVEL_EXPONENT = 0.65;
const seen = (sample: number): number => Math.sign(sample) * Math.min(1, Math.abs(sample)) ** LEVEL_EXPONENT;

/** The sound of the last seconds; where a word was found it is shaded, with the word above it. */
export class Waveform {
  readonly #ring: ColumnRing;
  readonly #hopSeconds: number;
  readonly #canvas: SharpCanvas;

  constructor(canvas: HTMLCanvasElement, ring: ColumnRing, hopSeconds: number, onResize: () => void) {
    this.#ring = ring;
    this.#hopSeconds = hopSeconds;
    this.#canvas = new SharpCanvas(canvas, onResize);
  }

  paint(theme: Theme, detections: readonly DetectionEvent[]): void {
    const { context, width, height } = this.#canvas;
    context.clearRect(0, 0, width, height);
    this.#flags(theme, detections);
    this.#curve(theme);
  }

  get #flagRows(): number {
    return this.#canvas.width < NARROW_WIDTH ? 2 : 1;
  }

  get #flagsHeight(): number {
    return this.#flagRows * FLAG_ROW_HEIGHT + FLAG_MARGINS;
  }

  #x(column: number): number {
    const { capacity, total } = this.#ring;
    return ((column - total + capacity) / capacity) * this.#canvas.width;
  }

  #curve(theme: Theme): void {
    const { context, width, height } = this.#canvas;
    const ring = this.#ring;
    const middle = (this.#flagsHeight + height) / 2;
    const reach = (height - this.#flagsHeight) / 2 - 1;
    context.fillStyle = theme.line;
    context.fillRect(0, middle - 0.5, width, 1);
    context.fillStyle = theme.ink;
    // Whole pixels: with edges to smooth it would cost many times as much.
    for (let column = ring.first; column < ring.total; column++) {
      const left = Math.round(this.#x(column));
      const top = Math.round(middle - reach * seen(ring.at(column, 1)));
      const bottom = Math.round(middle - reach * seen(ring.at(column, 0)));
      context.fillRect(left, top, Math.round(this.#x(column + 1)) - left, Math.max(1, bottom - top));
    }
  }

  #flags(theme: Theme, detections: readonly DetectionEvent[]): void {
    const { context, height } = this.#canvas;
    context.font = FLAG_FONT;
    context.textBaseline = 'middle';
    const top = this.#flagsHeight;
    const ends = new Array<number>(this.#flagRows).fill(-Infinity);
    for (const { label, start, end } of detections) {
      const left = this.#x(start / this.#hopSeconds);
      const width = Math.max(2, this.#x(end / this.#hopSeconds) - left);
      context.fillStyle = theme.accentSoft;
      context.fillRect(left, top, width, height - top);
      context.fillStyle = theme.accent;
      context.fillRect(left, top - 2, width, 2);
      const textWidth = context.measureText(label).width;
      const at = Math.min(left, this.#canvas.width - textWidth);
      const row = ends.findIndex((end) => at >= end);
      if (row < 0) continue;
      context.fillText(label, at, top - 12 - row * FLAG_ROW_HEIGHT);
      ends[row] = at + textWidth + 4;
    }
  }
}
