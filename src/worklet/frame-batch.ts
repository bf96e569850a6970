import type { FramesReport } from './protocol.js';

/** Frames that wait to be posted together, in an array that is made once. Posting copies it. */
export class FrameBatch {
  readonly #post: (report: FramesReport) => void;
  readonly #width: number;
  readonly #capacity: number;
  readonly #report: FramesReport;

  /** @param width numbers a frame */
  constructor(capacity: number, width: number, post: (report: FramesReport) => void) {
    this.#post = post;
    this.#width = width;
    this.#capacity = capacity;
    const values = new Float32Array(capacity * width);
    this.#report = { type: 'frames', first: 0, count: 0, values, lostBlocks: 0 };
  }

  /** Where the next frame's numbers are to be written. */
  get values(): Float32Array {
    return this.#report.values;
  }

  /** From which index on. */
  get at(): number {
    return this.#report.count * this.#width;
  }

  /** Takes the frame that was written; posts all once there is no more room. */
  added(index: number, lostBlocks: number): void {
    const report = this.#report;
    if (report.count === 0) report.first = index;
    report.lostBlocks = lostBlocks;
    report.count++;
    if (report.count === this.#capacity) this.flush();
  }

  /** Posts what waits. */
  flush(): void {
    if (this.#report.count === 0) return;
    this.#post(this.#report);
    this.#report.count = 0;
  }
}
