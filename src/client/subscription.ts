import type { EarshotError } from '../errors.js';
import { Emitter } from './emitter.js';
import type { StreamEvent, SubscriberMessage, TroubleMessage } from './messages.js';
import { type ConnectionState, ReconnectingSocket } from './reconnecting-socket.js';
import { type Access, addressOf, protocolsFor, type ServerAddress, type SocketClass } from './socket.js';

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
/** After so long without a message the server is asked for one; after as long again the connection counts as lost. */
const SILENCE_MILLISECONDS = 10_000;
/** Errors after which it makes sense to try again; places are taken by connections whose loss the server has not noticed. */
const PASSING = ['EARSHOT_CONNECTION', 'EARSHOT_SHUTDOWN', 'EARSHOT_NOT_FOUND', 'EARSHOT_TOO_SLOW', 'EARSHOT_LIMIT'];

/** Events of streams, also over connections that are lost and made again: it goes on after the last event it has got. */
export class Subscription extends Emitter<SubscriptionEvent, StreamEvent> {
  readonly #socket: ReconnectingSocket<SubscriberMessage>;
  #begin!: { resolve(): void; reject(error: EarshotError): void };
  readonly #checking: ReturnType<typeof setInterval>;
  #hasBegun = false;
  #isAsked = false;
  #since: number | undefined;
  /** Names the server that counts so, as long as it runs. */
  #server: string | undefined;
  /** Those from before anybody listened; replayed events follow the server's agreement at once. */
  #early: (StreamEvent | TroubleMessage<'warning'>)[] | undefined = [];

  /** Use `subscribe`. @throws EarshotError EARSHOT_BAD_ARGUMENT */
  constructor(server: ServerAddress, options: SubscribeOptions, Socket: SocketClass) {
    super();
    const { stream, events, since, token } = options;
    const address = () =>
      addressOf(server, '/v1/events', { stream, events: events?.join(','), since: this.#since, server: this.#server });
    this.#since = since;
    this.#socket = new ReconnectingSocket(Socket, {
      address,
      protocols: protocolsFor(token),
      receive: (message) => this.#receive(message),
      mayReconnect: ({ code }) => this.#hasBegun && PASSING.includes(code) && this.#socket.attempts < MOST_ATTEMPTS,
      stateChanged: (state) => this.emit({ type: 'state', state }),
      failed: (error) => this.#fail(error),
    });
    this.#checking = setInterval(() => this.#check(), SILENCE_MILLISECONDS);
  }

  /** For `subscribe`. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#begin = { resolve, reject };
      this.#socket.dial();
    });
  }

  get state(): ConnectionState {
    return this.#socket.state;
  }

  override on<Type extends SubscriptionEvent['type']>(
    type: Type,
    callback: (event: Extract<SubscriptionEvent, { type: Type }>) => void,
  ): () => void {
    this.#listened();
    return super.on(type, callback);
  }

  override [Symbol.asyncIterator](): AsyncIterableIterator<StreamEvent, undefined> {
    this.#listened();
    return super[Symbol.asyncIterator]();
  }

  /** Wants no more events. */
  close(): void {
    clearInterval(this.#checking);
    this.#socket.close();
    this.endLoops();
  }

  #receive(message: Exclude<SubscriberMessage, { type: 'error' }>): void {
    this.#isAsked = false;
    if (message.type === 'subscribed') this.#agreed(message);
    else if (message.type === 'keepalive') this.#since = message.seq;
    else {
      if (message.type !== 'warning') this.#since = message.seq;
      if (this.#early) this.#early.push(message);
      else this.#deliver(message);
    }
  }

  /** Timers of pages that are not seen come late, so that silence proves nothing before the server was asked. */
  #check(): void {
    if (this.#socket.silentMilliseconds < SILENCE_MILLISECONDS) return;
    if (this.#isAsked) this.#socket.abandon();
    else this.#socket.send('{"type":"keepalive"}');
    this.#isAsked = !this.#isAsked;
  }

  #agreed({ seq, server }: Extract<SubscriberMessage, { type: 'subscribed' }>): void {
    this.#since ??= seq;
    // A server that has begun anew counts from 1 again, and tells everything.
    if (server !== (this.#server ?? server) || this.#since > seq) this.#since = 0;
    this.#server = server;
    this.#hasBegun = true;
    this.#socket.opened();
    this.#begin.resolve();
  }

  #deliver(message: StreamEvent | TroubleMessage<'warning'>): void {
    if (message.type === 'warning') this.emit(message);
    else this.tell(message);
  }

  /** Whoever listens may go on to say what else to listen for before the first event comes. */
  #listened(): void {
    queueMicrotask(() => {
      const early = this.#early ?? [];
      this.#early = undefined;
      for (const message of early) this.#deliver(message);
    });
  }

  #fail(error: EarshotError): void {
    clearInterval(this.#checking);
    this.#begin.reject(error);
    this.endLoops(error);
    this.emit({ type: 'error', error });
  }
}
