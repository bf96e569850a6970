/**
 * The label of a clip: the one whose posterior has the largest mean over the clip's last `clipFrames` frames, or over
 * all of them if it has fewer. One rule for clips on their own and for clips in a stream (docs/evaluation.md).
 */
export class ClipRule {
  readonly #labels: number;
  /** The last `clipFrames` rows of posteriors, oldest overwritten first. */
  readonly #rows: Float32Array;
  readonly #clipFrames: number;
  #frames = 0;

  /** @param labels how many there are */
  constructor(labels: number, clipFrames: number) {
    this.#labels = labels;
    this.#clipFrames = clipFrames;
    this.#rows = new Float32Array(labels * clipFrames);
  }

  /** A clip begins: frames before now do not count. */
  begin(): void {
    this.#frames = 0;
  }

  /** The next frame's posteriors. */
  frame(posteriors: Float32Array): void {
    this.#rows.set(posteriors, (this.#frames % this.#clipFrames) * this.#labels);
    this.#frames++;
  }

  /** The clip ends: index of its label, the first of equals. @throws RangeError if the clip had no frame */
  label(): number {
    const rows = Math.min(this.#frames, this.#clipFrames);
    if (rows === 0) throw new RangeError('A clip shorter than a frame has no label');
    const sums = Array.from({ length: this.#labels }, (_, label) => this.#sum(label, rows));
    return sums.indexOf(Math.max(...sums));
  }

  #sum(label: number, rows: number): number {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += this.#rows[row * this.#labels + label];
    return sum;
  }
}
