import '../known-locale.js';
import uPlot from 'uplot';
import type { ColumnRing } from '../column-ring.js';
import { labelText, type PageModel } from '../page-model.js';
import { keywordColour, type Theme } from '../theme.js';
import { raisedPaths } from './raised-paths.js';

/** Below it a line is hidden: all but one or two lie at 0, on top of each other. */
const LOWEST_SHOWN = 0.012;

/** The posterior of every label over the last seconds. */
export class Posteriors {
  readonly #host: HTMLElement;
  readonly #ring: ColumnRing;
  readonly #model: PageModel;
  readonly #data: [Float64Array, ...Float32Array[]];
  #plot: uPlot | undefined;

  constructor(host: HTMLElement, ring: ColumnRing, model: PageModel) {
    this.#host = host;
    this.#ring = ring;
    this.#model = model;
    const columns = Float64Array.from({ length: ring.capacity }, (_, i) => i - ring.capacity + 1);
    this.#data = [columns, ...model.labels.map(() => new Float32Array(ring.capacity))];
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(host);
  }

  /** Draws what the ring holds. */
  paint(): void {
    const { capacity, first, total } = this.#ring;
    for (let label = 0; label < this.#model.labels.length; label++) {
      const line = this.#data[label + 1] as Float32Array;
      const from = capacity - (total - first);
      line.fill(0, 0, from);
      for (let i = from; i < capacity; i++) line[i] = this.#ring.at(total - capacity + i, label);
    }
    this.#plot?.setData(this.#data, false);
    this.#plot?.redraw(false);
  }

  /** Builds the plot in other colours. */
  repaint(theme: Theme): void {
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#options(theme), this.#data, this.#host);
    this.paint();
  }

  #size(): { width: number; height: number } {
    return { width: this.#host.clientWidth, height: this.#host.clientHeight };
  }

  #options(theme: Theme): uPlot.Options {
    const { capacity } = this.#ring;
    return {
      ...this.#size(),
      scales: {
        x: { time: false, auto: false, range: [1 - capacity, 0] },
        y: { auto: false, range: [LOWEST_SHOWN, 1.04] },
      },
      axes: [{ show: false }, { show: false }],
      legend: { show: false },
      cursor: { show: false },
      padding: [0, 0, 0, 0],
      series: [{}, ...this.#model.labels.map((label, i) => this.#series(label, i, theme))],
      hooks: { drawClear: [(plot) => drawGrid(plot, theme)] },
    };
  }

  #series(label: string, index: number, theme: Theme): uPlot.Series {
    const { keywords } = this.#model;
    const position = keywords.indexOf(index);
    const shared = { label: labelText(label), points: { show: false }, paths: raisedPaths(LOWEST_SHOWN) };
    if (position < 0) return { ...shared, stroke: theme.muted, width: 1, dash: index === 0 ? [2, 4] : [6, 4] };
    const colour = (alpha: number) => keywordColour(position, keywords.length, alpha);
    return { ...shared, stroke: colour(1), width: 2, fill: colour(0.14) };
  }
}

/** Lines at ½ and 1. */
function drawGrid({ ctx, bbox, valToPos }: uPlot, { line }: Theme): void {
  ctx.fillStyle = line;
  for (const value of [0.5, 1]) {
    ctx.fillRect(bbox.left, Math.round(valToPos(value, 'y', true)), bbox.width, devicePixelRatio);
  }
}
