import { EarshotError } from '../errors.js';
import { backoffMilliseconds } from './backoff.js';
import type { ConnectionState } from './connect.js';
import { Emitter } from './emitter.js';
import { EventQueue } from './event-queue.js';
import type { StreamEvent, SubscriberMessage, TroubleMessage } from './messages.js';
import { type Access, addressOf, protocolsFor, type Socket, type SocketClass, socketClass } from './socket.js';

/** What to be told of. */
export interface SubscribeOptions extends Access {
  /** Name of a stream; all by default. */
  stream?: string | undefined;
  /** All but frames by default. */
  events?: readonly StreamEvent['type'][] | undefined;
  /** Begin after the event of this number, as far as the server remembers. */
  since?: number | undefined;
}

export type SubscriptionEvent =
  | StreamEvent
  | TroubleMessage<'warning'>
  | { type: 'state'; state: ConnectionState }
  | { type: 'error'; error: EarshotError };

/** After so many attempts in a row (a little over a minute) a subscription gives up. */
const MOST_ATTEMPTS = 20;

/**
 * Subscribes to the events of a server's streams. Resolves when the server has agreed.
 * @throws EarshotError EARSHOT_CONNECTION, EARSHOT_UNSUPPORTED, or what the server refuses it with
 */
export async function subscribe(
  server: string | { href: string },
  options: SubscribeOptions = {},
): Promise<Subscription> {
  const subscription = new Subscription(server, options, await socketClass(options.WebSocket));
  await subscription.open();
  return subscription;
}

/** Events of streams, also over connections that are lost and made again: it goes on after the last event it has got. */
export class Subscription extends Emitter<SubscriptionEvent> {
  readonly #server: string | { href: string };
  readonly #options: SubscribeOptions;
  readonly #Socket: SocketClass;
  readonly #opened: Promise<void>;
  #settle!: { resolve(): void; reject(error: EarshotError): void };
  #queue: EventQueue<StreamEvent> | undefined;
  #socket: Socket | undefined;
  #since: number | undefined;
  #attempt = 0;
  #hasBegun = false;
  #state: ConnectionState = 'reconnecting';

  /** Use `subscribe`. */
  constructor(server: string | { href: string }, options: SubscribeOptions, Socket: SocketClass) {
    super();
    this.#server = server;
    this.#options = options;
    this.#Socket = Socket;
    this.#since = options.since;
    this.#opened = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** For `subscribe`. */
  open(): Promise<void> {
    this.#dial();
    return this.#opened;
  }

  /** Events from now on, until `close`. @throws EarshotError when the connection cannot be made again */
  [Symbol.asyncIterator](): AsyncGenerator<StreamEvent, void, undefined> {
    this.#queue ??= new EventQueue();
    if (this.#state === 'closed') this.#queue.end();
    return this.#queue.read();
  }

  /** Wants no more events. */
  close(): void {
    this.#setState('closed');
    this.#queue?.end();
    this.#socket?.close(1000);
  }

  #dial(): void {
    const { stream, events, token } = this.#options;
    const address = addressOf(this.#server, '/v1/events', { stream, events: events?.join(','), since: this.#since });
    const socket = new this.#Socket(address, protocolsFor(token));
    let refusal: EarshotError | undefined;
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const message: SubscriberMessage = JSON.parse(String(data));
      if (message.type === 'error') refusal = new EarshotError(message.code, message.message);
      else this.#receive(message);
    };
    socket.onerror = () => {};
    socket.onclose = ({ code }) => {
      this.#lost(refusal ?? new EarshotError('EARSHOT_CONNECTION', `The connection ended with code ${code}`));
    };
  }

  #receive(message: Exclude<SubscriberMessage, { type: 'error' }>): void {
    if (this.#state === 'closed') return;
    if (message.type === 'warning') this.emit(message);
    else if (message.type === 'subscribed') this.#begin(message.seq);
    else {
      this.#since = message.seq;
      this.#queue?.push(message);
      this.emit(message);
    }
  }

  #begin(seq: number): void {
    // A server that has begun anew counts from 1 again.
    this.#since = Math.min(this.#since ?? seq, seq);
    this.#attempt = 0;
    this.#hasBegun = true;
    this.#setState('open');
    this.#settle.resolve();
  }

  #lost(error: EarshotError): void {
    if (this.#state === 'closed') return;
    const isPassing = error.code === 'EARSHOT_CONNECTION' || error.code === 'EARSHOT_TOO_SLOW';
    if (!this.#hasBegun || !isPassing || this.#attempt >= MOST_ATTEMPTS) {
      this.#fail(error);
      return;
    }
    this.#setState('reconnecting');
    setTimeout(() => this.#state === 'reconnecting' && this.#dial(), backoffMilliseconds(this.#attempt++));
  }

  #fail(error: EarshotError): void {
    this.#setState('closed');
    this.#settle.reject(error);
    this.#queue?.end(error);
    this.emit({ type: 'error', error });
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit({ type: 'state', state });
  }
}
