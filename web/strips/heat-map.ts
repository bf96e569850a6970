import type { ColumnRing } from '../column-ring.js';
import type { Theme } from '../theme.js';

/** A value as a colour of the map: -1 the lowest, 0 the middle, 1 the highest. */
export type Shade = (value: number, entry: number) => number;

/**
 * Columns of numbers as a picture that scrolls: what is there moves left by `drawImage`, and only new columns are
 * coloured. One pixel a number; the browser stretches it.
 */
export class HeatMap {
  readonly #ring: ColumnRing;
  readonly #rows: readonly number[];
  readonly #shade: Shade;
  readonly #context: CanvasRenderingContext2D;
  readonly #image: ImageData;
  readonly #pixels: Uint32Array;
  #painted = 0;

  /** @param rows the entry of a column that each row shows, from the top; -1 for a gap */
  constructor(canvas: HTMLCanvasElement, ring: ColumnRing, rows: readonly number[], shade: Shade) {
    this.#ring = ring;
    this.#rows = rows;
    this.#shade = shade;
    canvas.width = ring.capacity;
    canvas.height = rows.length;
    this.#context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D;
    this.#image = this.#context.createImageData(ring.capacity, rows.length);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  /** Draws what came since the last time. */
  paint(theme: Theme): void {
    const { capacity, total } = this.#ring;
    const fresh = Math.min(total - this.#painted, capacity);
    if (fresh <= 0) return;
    if (fresh < capacity) this.#context.drawImage(this.#context.canvas, -fresh, 0);
    for (let x = 0; x < fresh; x++) this.#colour(x, total - fresh + x, theme);
    this.#context.putImageData(this.#image, capacity - fresh, 0, 0, 0, fresh, this.#rows.length);
    this.#painted = total;
  }

  /** Draws everything anew: after a reset, or in other colours. */
  repaint(theme: Theme): void {
    this.#painted = this.#ring.first;
    this.#pixels.fill(theme.heat[128]);
    this.#context.putImageData(this.#image, 0, 0);
    this.paint(theme);
  }

  #colour(x: number, column: number, { heat }: Theme): void {
    const width = this.#image.width;
    for (let y = 0; y < this.#rows.length; y++) {
      const entry = this.#rows[y];
      const value = entry < 0 ? 0 : this.#shade(this.#ring.at(column, entry), entry);
      const colour = Math.max(0, Math.min(255, 127.5 + 127.5 * value));
      this.#pixels[y * width + x] = heat[colour | 0];
    }
  }
}
