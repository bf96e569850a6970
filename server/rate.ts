/** Counts against an average rate; a burst of two seconds' worth is allowed (token bucket). */
export class Rate {
  readonly #perSecond: number;
  #left: number;
  #seen = performance.now();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = 2 * perSecond;
  }

  count(): void {
    this.#refill();
    this.#left--;
  }

  get isExceeded(): boolean {
    this.#refill();
    return this.#left < 0;
  }

  #refill(): void {
    const now = performance.now();
    this.#left = Math.min(2 * this.#perSecond, this.#left + ((now - this.#seen) * this.#perSecond) / 1000);
    this.#seen = now;
  }
}
