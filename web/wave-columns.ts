import { ColumnRing } from './column-ring.js';

/** A waveform as it is drawn: the lowest and the highest sample of each column of time. */
export class WaveColumns {
  readonly ring: ColumnRing;
  readonly #column = new Float32Array(2);
  #columnSamples = 1;
  #filled = 0;
  #isEmpty = true;

  constructor(capacity: number) {
    this.ring = new ColumnRing(capacity, 2);
  }

  /** Begins a new stream. @param columnSamples samples a column, which need not be whole */
  begin(columnSamples: number): void {
    this.ring.clear();
    this.#columnSamples = columnSamples;
    this.#filled = 0;
    this.#isEmpty = true;
  }

  push(samples: Float32Array): void {
    for (const sample of samples) this.#add(sample);
  }

  #add(sample: number): void {
    const [low, high] = this.#column;
    this.#column[0] = this.#isEmpty ? sample : Math.min(low, sample);
    this.#column[1] = this.#isEmpty ? sample : Math.max(high, sample);
    this.#isEmpty = false;
    this.#filled++;
    if (this.#filled < this.#columnSamples) return;
    this.ring.push(this.#column);
    this.#isEmpty = true;
    // What a fractional length left over counts for the next column.
    this.#filled -= this.#columnSamples;
  }
}
