import type { EarshotError } from '../errors.js';

interface Waiter {
  isDone(): boolean;
  resolve(): void;
  reject(error: EarshotError): void;
}

/** Those who wait for something to become true. */
export class Waiters {
  #waiting: Waiter[] = [];
  #ended: EarshotError | undefined;

  /** Resolves when it is so; rejects when it will not be any more. */
  until(isDone: () => boolean): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (isDone()) resolve();
      else if (this.#ended) reject(this.#ended);
      else this.#waiting.push({ isDone, resolve, reject });
    });
  }

  /** Something has changed. */
  look(): void {
    const done = this.#waiting.filter(({ isDone }) => isDone());
    this.#waiting = this.#waiting.filter((waiter) => !done.includes(waiter));
    for (const { resolve } of done) resolve();
  }

  /** Nothing will change any more. */
  end(error: EarshotError): void {
    this.look();
    this.#ended = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
