/** The end of something that holds on to things: whoever gets hold of a thing says how to let go of it again. */
export class Ending {
  readonly #controller = new AbortController();
  /** Aborts at the end; for event listeners. */
  readonly signal: AbortSignal = this.#controller.signal;
  /** Resolves when everything has been let go of. Never rejects. */
  readonly done: Promise<void>;
  readonly #releases: (() => unknown)[] = [];
  #resolve!: () => void;

  constructor() {
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get isOver(): boolean {
    return this.signal.aborted;
  }

  /** At the end, the latest first; at once where the end has been. */
  onEnd(release: () => unknown): void {
    if (this.isOver) release();
    else this.#releases.push(release);
  }

  /** Lets go of everything, once. */
  end(): Promise<void> {
    if (!this.isOver) {
      this.#controller.abort();
      const releasing = this.#releases.reverse().map(async (release) => release());
      Promise.allSettled(releasing).then(() => this.#resolve());
    }
    return this.done;
  }
}
