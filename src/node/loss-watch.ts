/** How long a microphone may give nothing but exact zeros before it is looked for. */
const PATIENCE_MS = 2000;

/**
 * Finds out that a microphone has gone. node-web-audio-api does not tell, it goes on with zeros; so when there has been
 * nothing else for two seconds, which a microphone gives only when it is muted, the system is asked for it.
 */
export class LossWatch {
  readonly #isThere: () => Promise<boolean>;
  readonly #onLost: () => void;
  readonly #timer: NodeJS.Timeout;
  #heard = true;

  constructor(isThere: () => Promise<boolean>, onLost: () => void) {
    this.#isThere = isThere;
    this.#onLost = onLost;
    this.#timer = setInterval(() => this.#look(), PATIENCE_MS);
  }

  /** To be told of all samples. */
  add(samples: Float32Array): void {
    this.#heard ||= samples.some((sample) => sample !== 0);
  }

  async #look(): Promise<void> {
    const heard = this.#heard;
    this.#heard = false;
    if (heard || (await this.#isThere())) return;
    clearInterval(this.#timer);
    this.#onLost();
  }
}
