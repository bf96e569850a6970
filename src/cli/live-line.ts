import type { Level } from '../node/level-meter.js';
import { clock } from './formats/clock.js';
import { oneLine } from './formats/one-line.js';

const REDRAW_MS = 100;
const BAR_CHARACTERS = 24;
/** The quietest sound that the bar shows, in decibels below full scale. */
const FLOOR_DECIBELS = -60;
const CLEAR = '\r\u001b[K';

/** What the network makes of this moment. */
export interface Moment {
  /** Seconds since listening began. */
  time: number;
  label: string;
  posterior: number;
}

/**
 * Tells on a terminal, in one line that is redrawn, how loud it is and what the network hears. The line goes away
 * whenever something else is written, and comes back with the next level.
 */
export class LiveLine {
  readonly #stream: NodeJS.WriteStream;
  #moment: Moment = { time: 0, label: '', posterior: 0 };
  #rms = 0;
  #drawn = 0;
  #isShown = false;

  /** @param stream where it shows, if that is a terminal */
  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get isUsed(): boolean {
    return this.#stream.isTTY === true;
  }

  hear(moment: Moment): void {
    this.#moment = moment;
  }

  level({ rms }: Level): void {
    this.#rms = Math.max(this.#rms, rms);
    const now = performance.now();
    if (!this.isUsed || now < this.#drawn + REDRAW_MS) return;
    this.#drawn = now;
    this.#stream.write(`${CLEAR}${liveText(this.#rms, this.#moment)}`);
    this.#isShown = true;
    this.#rms = 0;
  }

  hide(): void {
    if (this.#isShown) this.#stream.write(CLEAR);
    this.#isShown = false;
  }
}

/** `0:12  [######------]  -32 dB  yes 0.83` */
export function liveText(rms: number, { time, label, posterior }: Moment): string {
  const decibels = Math.max(FLOOR_DECIBELS, 20 * Math.log10(rms));
  const full = Math.round(BAR_CHARACTERS * Math.min(1, 1 - decibels / FLOOR_DECIBELS));
  const bar = '#'.repeat(full).padEnd(BAR_CHARACTERS, '-');
  const loudness = `${decibels.toFixed(0)} dB`.padStart(6);
  return `${clock(time).replace(/\.\d+$/, '')}  [${bar}]  ${loudness}  ${oneLine(label)} ${posterior.toFixed(2)}`;
}
