import cliProgress from 'cli-progress';
import { clock } from './formats/clock.js';

/** Shorter work shows no bar. */
const PATIENCE_MS = 1000;
const REDRAW_MS = 100;
const BAR_CHARACTERS = 24;

const MEASURED = '{bar} {percentage}%  {heard}  {path}';
const UNMEASURED = '{heard}  {path}';

/**
 * Tells on a terminal how far a file has been heard: a bar where its size is known, otherwise the time in it. It shows
 * only after a second of work, and goes away whenever something else is written.
 */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #showFrom: number;
  #path = '';
  #totalBytes: number | undefined;
  #bytes = 0;
  #bar: cliProgress.SingleBar | undefined;
  #drawn = 0;

  /** @param stream where it shows, if that is a terminal */
  constructor(stream: NodeJS.WriteStream, patience = PATIENCE_MS) {
    this.#stream = stream;
    this.#showFrom = performance.now() + patience;
  }

  /** Begins a file. @param totalBytes its size, if that is known */
  begin(path: string, totalBytes: number | undefined): void {
    this.hide();
    this.#path = path;
    this.#totalBytes = totalBytes;
    this.#bytes = 0;
  }

  /** So many more bytes of the file were read. */
  addBytes(count: number): void {
    this.#bytes += count;
  }

  /** So many seconds of the file have been heard. */
  update(seconds: number): void {
    const now = performance.now();
    if (!this.#stream.isTTY || now < this.#showFrom || now < this.#drawn + REDRAW_MS) return;
    this.#drawn = now;
    const payload = { heard: clock(seconds).replace(/\.\d+$/, ''), path: this.#path };
    if (this.#bar) this.#bar.update(this.#bytes, payload);
    else this.#show(payload);
  }

  /** Takes the bar away, so that the line is free; the next update shows it again. */
  hide(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #show(payload: { heard: string; path: string }): void {
    this.#bar = new cliProgress.SingleBar({
      stream: this.#stream,
      format: this.#totalBytes === undefined ? UNMEASURED : MEASURED,
      barsize: BAR_CHARACTERS,
      barCompleteChar: '#',
      barIncompleteChar: '-',
      clearOnComplete: true,
      gracefulExit: false,
    });
    this.#bar.start(this.#totalBytes ?? 0, this.#bytes, payload);
  }
}
