/** Audio that comes slower or faster than real time: this many samples a second, and their share of what is right. */
export interface Departure {
  kind: 'slow' | 'fast';
  samplesPerSecond: number;
  ratio: number;
}

type Kind = Departure['kind'] | 'even';

const WINDOW_MILLISECONDS = 10_000;
/** Half of what lies between 44.1 and 48 kHz, which are often mistaken for each other; no clock is so far out. */
const TOLERANCE = 0.04;
/** After so long without audio the producer has paused. */
const PAUSE_MILLISECONDS = 2000;

/**
 * Compares the audio of a stream with the time in which it arrives. One window proves nothing: a burst at the start, a
 * network that stands still for a moment, or a producer that catches up after it was lost make one of them too full or
 * too empty. Two in a row of the same kind count, and are told once until the kind changes.
 */
export class Pace {
  readonly #sampleRate: number;
  #since: number | undefined;
  #latest = -Infinity;
  #samples = 0;
  #before: Kind | undefined;
  #told: Kind = 'even';

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** @returns what is worth telling, if anything is */
  add(samples: number, nowMilliseconds: number): Departure | undefined {
    if (nowMilliseconds - this.#latest > PAUSE_MILLISECONDS) this.restart();
    this.#latest = nowMilliseconds;
    // What comes first was recorded before the window began.
    if (this.#since === undefined) {
      this.#begin(nowMilliseconds);
      return undefined;
    }
    this.#samples += samples;
    const milliseconds = nowMilliseconds - this.#since;
    if (milliseconds < WINDOW_MILLISECONDS) return undefined;
    const samplesPerSecond = (1000 * this.#samples) / milliseconds;
    this.#begin(nowMilliseconds);
    return this.#judge(samplesPerSecond);
  }

  /** What came before tells nothing about what follows. */
  restart(): void {
    this.#since = undefined;
    this.#before = undefined;
  }

  #begin(nowMilliseconds: number): void {
    this.#since = nowMilliseconds;
    this.#samples = 0;
  }

  #judge(samplesPerSecond: number): Departure | undefined {
    const ratio = samplesPerSecond / this.#sampleRate;
    const kind = kindOf(ratio);
    const isNews = kind === this.#before && kind !== this.#told;
    this.#before = kind;
    if (!isNews) return undefined;
    this.#told = kind;
    return kind === 'even' ? undefined : { kind, samplesPerSecond, ratio };
  }
}

function kindOf(ratio: number): Kind {
  if (ratio < 1 - TOLERANCE) return 'slow';
  return ratio > 1 + TOLERANCE ? 'fast' : 'even';
}
