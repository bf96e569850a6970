import type { DetectionEvent } from '../../src/events.js';
import type { ColumnRing } from '../column-ring.js';
import type { Theme } from '../theme.js';
import { SharpCanvas } from './sharp-canvas.js';

const FLAG_HEIGHT = 22;
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

  #x(column: number): number {
    const { capacity, total } = this.#ring;
    return ((column - total + capacity) / capacity) * this.#canvas.width;
  }

  #curve(theme: Theme): void {
    const { context, width, height } = this.#canvas;
    const ring = this.#ring;
    const middle = (FLAG_HEIGHT + height) / 2;
    const reach = (height - FLAG_HEIGHT) / 2 - 1;
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
    let taken = -Infinity;
    for (const { label, start, end } of detections) {
      const left = this.#x(start / this.#hopSeconds);
      const width = Math.max(2, this.#x(end / this.#hopSeconds) - left);
      if (left + width < 0) continue;
      context.fillStyle = theme.accentSoft;
      context.fillRect(left, FLAG_HEIGHT, width, height - FLAG_HEIGHT);
      context.fillStyle = theme.accent;
      context.fillRect(left, FLAG_HEIGHT - 2, width, 2);
      const textWidth = context.measureText(label).width;
      const at = Math.min(left, this.#canvas.width - textWidth);
      if (at < taken) continue;
      context.fillText(label, at, FLAG_HEIGHT / 2 - 1);
      taken = at + textWidth + 4;
    }
  }
}
