import { randomBytes } from 'node:crypto';
import { EarshotError } from 'earshot';
import { History } from './history.js';
import type { Metrics } from './metrics.js';
import { forSubscriber } from './protocol/server-messages.js';
import type { Subscriber } from './subscriber.js';

export type PublishedKind = 'stream_opened' | 'frame' | 'detection' | 'stream_closed';

/** An event and the text that tells subscribers of it. */
interface PublishedEvent {
  seq: number;
  kind: PublishedKind;
  stream: string;
  text: string;
}

/**
 * Where events of all streams meet subscribers. Every event has a number of its own; all but frames are kept for a
 * while for those who come back.
 */
export class Hub {
  /** Another after each start, so that a number of before is not taken for one of now. */
  readonly id = randomBytes(8).toString('hex');
  readonly #subscribers = new Set<Subscriber>();
  /** Those of them who want frames: few, if any, so that each stream may be matched with each when one comes or goes. */
  readonly #watchers = new Set<Subscriber>();
  readonly #history: History<PublishedEvent>;
  readonly #most: number;
  readonly #metrics: Metrics;
  readonly #onInterest: () => void;
  #seq = 0;

  /** @param onInterest called when `wantsFrames` may have changed */
  constructor(history: number, mostSubscribers: number, metrics: Metrics, onInterest: () => void) {
    this.#history = new History(history);
    this.#most = mostSubscribers;
    this.#metrics = metrics;
    this.#onInterest = onInterest;
  }

  /** Number of the latest event. */
  get seq(): number {
    return this.#seq;
  }

  publish(kind: PublishedKind, stream: string, fields: string): void {
    const seq = ++this.#seq;
    const listeners = kind === 'frame' ? this.#watchers : this.#subscribers;
    if (kind === 'frame' && listeners.size === 0) return;
    const text = forSubscriber(seq, stream, fields);
    if (kind !== 'frame') this.#history.add(seq, { seq, kind, stream, text });
    for (const subscriber of listeners) subscriber.publish(kind, stream, text);
  }

  /** Whether somebody wants the frames of a stream. */
  wantsFrames(stream: string): boolean {
    for (const watcher of this.#watchers) if (watcher.wants('frame', stream)) return true;
    return false;
  }

  /** @throws EarshotError EARSHOT_LIMIT */
  add(subscriber: Subscriber): void {
    if (this.#subscribers.size >= this.#most) {
      throw new EarshotError('EARSHOT_LIMIT', `There are ${this.#most} subscribers already`);
    }
    this.#subscribers.add(subscriber);
    this.#count();
    if (!subscriber.wantsFrames) return;
    this.#watchers.add(subscriber);
    this.#onInterest();
  }

  remove(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber)) return;
    this.#count();
    if (this.#watchers.delete(subscriber)) this.#onInterest();
  }

  /**
   * The first kept events above a number, so many at most.
   * @returns also the highest number that is gone, if it is above
   */
  replay(since: number, most: number): { events: PublishedEvent[]; lostUpTo: number | undefined } {
    const { forgotten } = this.#history;
    return { events: this.#history.since(since, most), lostUpTo: forgotten > since ? forgotten : undefined };
  }

  /** Tells everybody that the server is going away. */
  leave(): void {
    for (const subscriber of [...this.#subscribers]) subscriber.leave();
  }

  #count(): void {
    this.#metrics.subscribers.set(this.#subscribers.size);
  }
}
