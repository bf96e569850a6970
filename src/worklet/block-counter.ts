/**
 * Counts the blocks that a host left out, by its count of frames, which goes on without us. A host that is only starting
 * may jump (Chromium does, past the time that its audio thread took to begin), so gaps count once two blocks have
 * followed each other.
 */
export class BlockCounter {
  /** Blocks left out so far. */
  lost = 0;
  #expected = Number.NaN;
  #isSteady = false;

  /** To be told of every block: the host's count of sample frames at its start, and its length. */
  count(currentFrame: number, length: number): void {
    const gap = currentFrame - this.#expected;
    if (gap > 0 && this.#isSteady) this.lost += Math.ceil(gap / length);
    if (gap === 0) this.#isSteady = true;
    this.#expected = currentFrame + length;
  }
}
