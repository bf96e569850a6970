/** Without a sign from the server for so long, although it owes one, the connection counts as lost. */
const SILENCE_MILLISECONDS = 10_000;
/** After so long without anything sent the server is asked for a sign. */
const KEEPALIVE_MILLISECONDS = 20_000;

/**
 * Tells whether a server has been silent for too long. The silence of a pause is not the server's: it counts from when
 * the server came to owe a sign.
 */
export class SilenceWatch {
  #lastSent = performance.now();
  /** When something was last sent while the server owed nothing. */
  #lastEven = performance.now();
  #isAsked = false;
  #wasSilent = false;

  /** @param isOwed whether the server owed a sign before */
  sent(isOwed: boolean): void {
    this.#lastSent = performance.now();
    if (!isOwed) this.#lastEven = this.#lastSent;
  }

  /** The server gave a sign, or there is no connection to ask over. */
  heard(): void {
    this.#isAsked = false;
  }

  /** A `keepalive` waits for its answer. */
  asked(): void {
    this.#isAsked = true;
  }

  /**
   * To be called about every second: silence has to be found twice, so that what came while this program was held up is
   * read before.
   * @param silentMilliseconds since the server was last heard
   * @returns whether the connection counts as lost, or the server is to be asked for a sign
   */
  check(isOwed: boolean, silentMilliseconds: number): 'lost' | 'ask' | undefined {
    const now = performance.now();
    const unsentMilliseconds = now - this.#lastSent;
    const isOwedLong = isOwed && Math.min(silentMilliseconds, now - this.#lastEven) > SILENCE_MILLISECONDS;
    const isSilent = isOwedLong || (this.#isAsked && unsentMilliseconds > SILENCE_MILLISECONDS);
    const isStill = isSilent && this.#wasSilent;
    this.#wasSilent = isSilent;
    if (isStill) return 'lost';
    return unsentMilliseconds > KEEPALIVE_MILLISECONDS ? 'ask' : undefined;
  }
}
