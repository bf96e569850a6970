import type { Metrics } from './metrics.js';
import type { Outbox } from './outbox.js';
import { type Departure, Pace } from './pace.js';
import type { SessionFacts } from './session-facts.js';

const WARNING_MILLISECONDS = 10_000;

/** Counts the audio of one stream as it comes in, and warns its producer where it comes too fast or at a wrong rate. */
export class Intake {
  readonly #frameBytes: number;
  readonly #unreadSeconds: number;
  readonly #mostUnreadBytes: number;
  readonly #metrics: Metrics;
  readonly #outbox: Outbox;
  readonly #pace: Pace;
  #samples = 0;
  /** Of a sample that is not whole. */
  #partialBytes = 0;
  #bytes = 0;
  #classifiedBytes = 0;
  /** When the audio up to this byte came: one message at a time is followed until it is classified. */
  #probe: { bytes: number; since: number } | undefined;
  #lastWarning = -Infinity;

  /** @param unreadSeconds of audio that may wait to be classified */
  constructor({ sampleRate, frameBytes }: SessionFacts, unreadSeconds: number, metrics: Metrics, outbox: Outbox) {
    this.#frameBytes = frameBytes;
    this.#unreadSeconds = unreadSeconds;
    this.#mostUnreadBytes = unreadSeconds * sampleRate * frameBytes;
    this.#metrics = metrics;
    this.#outbox = outbox;
    this.#pace = new Pace(sampleRate);
  }

  /** Whole samples a channel that have come. */
  get samples(): number {
    return this.#samples;
  }

  /** Whether no more is to be read before some of it has been classified. */
  get isBehind(): boolean {
    return this.#bytes - this.#classifiedBytes > this.#mostUnreadBytes;
  }

  /** So many bytes have come. */
  add(bytes: number): void {
    const total = this.#partialBytes + bytes;
    const samples = Math.floor(total / this.#frameBytes);
    this.#samples += samples;
    this.#partialBytes = total % this.#frameBytes;
    this.#bytes += bytes;
    this.#probe ??= { bytes: this.#bytes - this.#partialBytes, since: performance.now() };
    this.#watchPace(samples);
    if (this.isBehind) this.#warnOfBuffer();
  }

  /** Forgets a sample that was cut in two. @returns whether there was one */
  trim(): boolean {
    const isCut = this.#partialBytes > 0;
    this.#partialBytes = 0;
    return isCut;
  }

  /** What follows comes over another connection. */
  restartPace(): void {
    this.#pace.restart();
  }

  /** So many bytes since the beginning have been classified or dropped. */
  classified(bytes: number): void {
    this.#classifiedBytes = bytes;
    if (!this.#probe || bytes < this.#probe.bytes) return;
    this.#metrics.queueSeconds.observe((performance.now() - this.#probe.since) / 1000);
    this.#probe = undefined;
  }

  #watchPace(samples: number): void {
    // Where the server is behind and does not read, the pace is its own.
    if (this.isBehind) this.#pace.restart();
    const departure = this.#pace.add(samples, performance.now());
    if (departure) this.#warnOfPace(departure);
  }

  #warnOfPace({ kind, samplesPerSecond, ratio }: Departure): void {
    const code = kind === 'slow' ? 'EARSHOT_AUDIO_SLOW' : 'EARSHOT_AUDIO_FAST';
    const measured = `${Math.round(samplesPerSecond)} samples a second come, ${ratio.toFixed(2)} times the announced`;
    const excuse = kind === 'slow' ? 'the network is slow' : 'this is a recording';
    this.#outbox.warn(code, `${measured}; unless ${excuse}, \`sample_rate\`, \`channels\` or \`encoding\` is wrong`);
  }

  #warnOfBuffer(): void {
    const now = performance.now();
    if (now - this.#lastWarning < WARNING_MILLISECONDS) return;
    this.#lastWarning = now;
    const what = `More than ${this.#unreadSeconds} s of audio wait; more is read when there is room`;
    this.#outbox.warn('EARSHOT_BUFFER_HIGH', what);
  }
}
