import type { SamplesReport } from './protocol.js';

/** Samples that wait to be posted together, in an array that is made once. Posting copies it. */
export class SampleBatch {
  readonly #post: (report: SamplesReport) => void;
  readonly #report: SamplesReport;
  #count = 0;

  constructor(capacity: number, post: (report: SamplesReport) => void) {
    this.#post = post;
    this.#report = { type: 'samples', values: new Float32Array(capacity) };
  }

  add(samples: Float32Array): void {
    const { values } = this.#report;
    for (let i = 0; i < samples.length; i++) {
      values[this.#count++] = samples[i];
      if (this.#count === values.length) {
        this.#post(this.#report);
        this.#count = 0;
      }
    }
  }

  /** Posts what waits. Allocates: for the end of a stream. */
  flush(): void {
    if (this.#count > 0) this.#post({ type: 'samples', values: this.#report.values.slice(0, this.#count) });
    this.#count = 0;
  }
}
