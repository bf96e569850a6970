import { type DecisionConfig, thresholdOf } from '../src/config.js';
import { element } from './element.js';
import type { PageModel } from './page-model.js';
import { keywordColour, onThemeChange } from './theme.js';

/** Less than this is not seen on a bar. */
const SMALLEST_CHANGE = 0.005;
const SMALLEST_SHOWN = 0.015;

/** A slider for each keyword on top of a bar with its smoothed posterior, and one slider for all. */
export class Thresholds {
  readonly #model: PageModel;
  readonly #all: Row;
  readonly #rows: Row[];
  readonly #onChange: (decision: Partial<DecisionConfig>) => void;

  /** @param onChange called when the user has moved a slider */
  constructor(model: PageModel, onChange: (decision: Partial<DecisionConfig>) => void) {
    this.#model = model;
    this.#onChange = onChange;
    this.#all = new Row('threshold-all', 'all words', () => this.#setAll(this.#all.threshold));
    this.#rows = model.keywords.map(
      (label) => new Row(`threshold-${label}`, model.labels[label], () => this.#changed()),
    );
    element('thresholds', HTMLElement).append(...[this.#all, ...this.#rows].map(({ element }) => element));
    const reset = element('thresholds-reset', HTMLButtonElement);
    reset.disabled = false;
    reset.addEventListener('click', () => {
      this.#reset();
      this.#onChange(this.decision);
    });
    onThemeChange(() => this.#colour());
    this.#colour();
    this.#reset();
  }

  /** For `configure` and `listen`. */
  get decision(): Partial<DecisionConfig> {
    const entries = this.#rows.map(({ name, threshold }) => [name, threshold] as const);
    return { thresholds: Object.fromEntries(entries) };
  }

  /** Moves the bars. @param smoothed the smoothed posterior of a label */
  paint(smoothed: (label: number) => number): void {
    this.#rows.forEach((row, i) => {
      row.level = smoothed(this.#model.keywords[i]);
    });
  }

  #setAll(threshold: number): void {
    for (const row of this.#rows) row.threshold = threshold;
    this.#changed();
  }

  #reset(): void {
    const { decision } = this.#model;
    for (const row of this.#rows) row.threshold = thresholdOf(decision, row.name);
    this.#all.threshold = decision.threshold;
  }

  #changed(): void {
    const [first, ...others] = this.#rows;
    if (others.every(({ threshold }) => threshold === first.threshold)) this.#all.threshold = first.threshold;
    this.#onChange(this.decision);
  }

  #colour(): void {
    this.#rows.forEach((row, i) => {
      row.colour = keywordColour(i, this.#rows.length);
    });
  }
}

class Row {
  readonly element = document.createElement('div');
  readonly name: string;
  readonly #bar = document.createElement('span');
  readonly #input = document.createElement('input');
  readonly #output = document.createElement('output');
  /** To the last digit, where the slider rounds. */
  #threshold = 0;
  #level = 0;

  constructor(id: string, name: string, onInput: () => void) {
    this.name = name;
    const label = document.createElement('label');
    const meter = document.createElement('div');
    label.textContent = name;
    label.htmlFor = id;
    Object.assign(this.#input, { id, type: 'range', min: '0', max: '1', step: '0.01' });
    this.#output.htmlFor.add(id);
    this.#output.ariaLive = 'off';
    this.#bar.className = 'bar';
    meter.className = 'meter';
    meter.append(this.#bar, this.#input);
    this.element.className = 'threshold';
    this.element.append(label, meter, this.#output);
    this.#input.addEventListener('input', () => {
      this.threshold = this.#input.valueAsNumber;
      onInput();
    });
  }

  get threshold(): number {
    return this.#threshold;
  }

  set threshold(value: number) {
    this.#threshold = value;
    this.#input.valueAsNumber = value;
    this.#output.textContent = value.toFixed(2);
    this.#markOver();
  }

  set level(value: number) {
    const level = value < SMALLEST_SHOWN ? 0 : value;
    if (Math.abs(level - this.#level) < SMALLEST_CHANGE) return;
    this.#level = level;
    this.#bar.style.transform = `scaleX(${level.toFixed(3)})`;
    this.#markOver();
  }

  set colour(colour: string) {
    this.element.style.setProperty('--keyword', colour);
  }

  #markOver(): void {
    this.#bar.classList.toggle('over', this.#level >= this.#threshold);
  }
}
