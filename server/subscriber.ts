import { EarshotError } from 'earshot';
import { allows } from './access.js';
import type { Connection, Peer } from './connection.js';
import type { Hub, PublishedKind } from './hub.js';
import type { Limits } from './limits.js';
import type { Metrics } from './metrics.js';
import { subscriberMessage } from './protocol/client-messages.js';
import type { SubscriberParameters } from './protocol/parameters.js';
import { encode } from './protocol/server-messages.js';

/** So many events are replayed at once, well below the hard limit; then no more until most of them have been read. */
const REPLAYED_AT_ONCE = 2000;
const REPLAY_MILLISECONDS = 10;

/**
 * One client of `GET /v1/events`. When it reads slowly it loses frames first, which it is told; a detection is never
 * left out: beyond the hard limit the connection ends.
 */
export class Subscriber implements Peer {
  readonly mayBeSilent = true;
  readonly #connection: Connection;
  readonly #hub: Hub;
  readonly #parameters: SubscriberParameters;
  readonly #allowed: readonly string[];
  readonly #limits: Limits;
  readonly #metrics: Metrics;
  #dropped = 0;
  /** Runs while there is more to replay. Events that come meanwhile wait in the history for their turn. */
  #replaying: NodeJS.Timeout | undefined;
  #replayedUpTo = 0;

  /** @param allowed names of streams, as a grant has them */
  constructor(
    connection: Connection,
    hub: Hub,
    parameters: SubscriberParameters,
    allowed: readonly string[],
    limits: Limits,
    metrics: Metrics,
  ) {
    this.#connection = connection;
    this.#hub = hub;
    this.#parameters = parameters;
    this.#allowed = allowed;
    this.#limits = limits;
    this.#metrics = metrics;
  }

  /** Says hello, replays what was missed, and goes on live. @throws EarshotError EARSHOT_LIMIT */
  begin(): void {
    this.#hub.add(this);
    const { id, seq } = this.#hub;
    this.#connection.send(encode({ type: 'subscribed', protocol: 1, seq, server: id }));
    const { since, server = id } = this.#parameters;
    if (since === undefined) return;
    const hasBegunAnew = server !== id || since > seq;
    if (hasBegunAnew) this.#warn('The server has begun anew: what it told before its end and did not arrive is gone');
    this.#replay(hasBegunAnew ? 0 : since);
  }

  /** Of any stream. */
  get wantsFrames(): boolean {
    return this.#parameters.events.includes('frame');
  }

  wants(kind: PublishedKind, stream: string): boolean {
    const { stream: wanted, events } = this.#parameters;
    return events.includes(kind) && (wanted === '*' ? allows(this.#allowed, stream) : wanted === stream);
  }

  publish(kind: PublishedKind, stream: string, text: string): void {
    if (!this.wants(kind, stream)) return;
    const { bufferedBytes } = this.#connection;
    if (kind === 'frame' && (this.#replaying || bufferedBytes > this.#limits.sendBytes)) {
      this.#dropped++;
      this.#metrics.droppedFrames.inc();
      return;
    }
    if (this.#replaying) return;
    if (bufferedBytes > this.#limits.sendBytesMost) {
      this.#connection.fail(new EarshotError('EARSHOT_TOO_SLOW', 'Too many events wait to be read'));
      return;
    }
    this.#tellOfDropped();
    this.#connection.send(text);
  }

  text(message: string): void {
    const { type } = subscriberMessage(message);
    if (type === 'keepalive') {
      this.#connection.send(encode({ type, seq: this.#replaying ? this.#replayedUpTo : this.#hub.seq }));
      return;
    }
    this.gone();
    this.#connection.end();
  }

  binary(): void {
    throw new EarshotError('EARSHOT_MESSAGE', 'A subscriber sends no audio; producers connect to /v1/stream');
  }

  gone(): void {
    clearTimeout(this.#replaying);
    this.#hub.remove(this);
  }

  isBehind(): boolean {
    return false;
  }

  /** Its messages are not kept for it. */
  latest(): number {
    return 0;
  }

  arrived(): void {}

  leave(): void {
    this.gone();
    this.#connection.leave();
  }

  #tellOfDropped(): void {
    if (this.#dropped === 0 || this.#connection.bufferedBytes > this.#limits.sendBytes) return;
    this.#warn(`${this.#dropped} frames were left out because they were not read in time`);
    this.#dropped = 0;
  }

  #replay(since: number): void {
    if (this.#connection.bufferedBytes > this.#limits.sendBytes) {
      this.#replayLater(since);
      return;
    }
    this.#replaying = undefined;
    const { events, lostUpTo } = this.#hub.replay(since, REPLAYED_AT_ONCE);
    if (lostUpTo !== undefined) this.#warn(`Events up to number ${lostUpTo} are gone`);
    for (const { kind, stream, text } of events) if (this.wants(kind, stream)) this.#connection.send(text);
    if (events.length === REPLAYED_AT_ONCE) this.#replayLater(events[events.length - 1].seq);
  }

  #replayLater(since: number): void {
    this.#replayedUpTo = since;
    this.#replaying = setTimeout(() => this.#replay(since), REPLAY_MILLISECONDS);
  }

  #warn(message: string): void {
    this.#connection.send(encode({ type: 'warning', code: 'EARSHOT_EVENTS_LOST', message }));
  }
}
