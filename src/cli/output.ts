import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Standard output or standard error: whole lines in order, no faster than they are taken. */
export class Output {
  readonly #stream: Writable;
  readonly #beforeWrite: () => void;
  #isClosed = false;
  /** One promise for all who wait. */
  #draining: Promise<unknown> | undefined;

  /** @param beforeWrite called before each text, to clear what else is on the terminal */
  constructor(stream: Writable, beforeWrite: () => void = () => {}) {
    this.#stream = stream;
    this.#beforeWrite = beforeWrite;
  }

  /** Writes whole lines, or nothing for ''; waits while the reader is behind. */
  async write(lines: string): Promise<void> {
    if (lines === '' || this.#isClosed) return;
    this.#beforeWrite();
    if (!this.#stream.write(lines)) {
      this.#draining ??= once(this.#stream, 'drain').finally(() => {
        this.#draining = undefined;
      });
    }
    await this.#draining;
  }

  /** Takes nothing more. Resolves once everything so far is out. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await new Promise((resolve) => this.#stream.write('', resolve));
  }
}
