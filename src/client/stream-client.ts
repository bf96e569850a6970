import { encodeS16 } from '../audio/pcm.js';
import { EarshotError, unexpected } from '../errors.js';
import type { SpotterEvent } from '../events.js';
import { checkConfiguration, type StreamConfiguration } from './configuration.js';
import { Emitter } from './emitter.js';
import type { ProducerMessage, ReadyMessage, Totals, TroubleMessage } from './messages.js';
import { Outbox } from './outbox.js';
import { type ConnectionState, ReconnectingSocket } from './reconnecting-socket.js';
import { SilenceWatch } from './silence-watch.js';
import { type Access, addressOf, protocolsFor, type ServerAddress, type SocketClass } from './socket.js';
import { unlessAborted } from './unless-aborted.js';
import { Waiters } from './waiters.js';

/** How a stream is to be sent and heard. */
export interface ConnectOptions extends Access {
  /** Of the samples that will be sent, in hertz: one of the usual rates from 8,000 to 192,000. */
  sampleRate: number;
  /** Name of the stream for subscribers; the server invents one by default. */
  name?: string | undefined;
  /** Name of a model of the server; its default one by default. */
  model?: string | undefined;
  /** What to be told; both by default. */
  events?: readonly ('frame' | 'detection')[] | undefined;
  /** Be told each Nth frame only; 1 by default. */
  frameEvery?: number | undefined;
  /** Audio that may wait for the server, for instance while the connection is down; 30 s by default. */
  bufferSeconds?: number | undefined;
  /** Gives up connecting; `close` ends a stream that is open. */
  signal?: AbortSignal | undefined;
}

export type StreamClientEvent =
  | SpotterEvent
  | TroubleMessage<'warning'>
  | { type: 'state'; state: ConnectionState }
  | { type: 'error'; error: EarshotError };

const BYTES_PER_SAMPLE = 2;
const BUFFER_SECONDS = 30;
/** Longest audio in one message: the server acknowledges whole messages, and takes none above 1 MiB. */
const MESSAGE_SECONDS = 0.1;
/**
 * So much audio is on its way at most, which also bounds the WebSocket's own `bufferedAmount`. The rest waits here, so
 * that what is lost with a connection, and the events that the server has to keep meanwhile, stay few.
 */
const AHEAD_SECONDS = 4;
/** The server acknowledges each half second of audio, so that after so much it owes a sign. */
const UNANSWERED_SECONDS = 1;
const CHECK_MILLISECONDS = 1000;
/**
 * Errors after which it makes sense to try again: a moment of weakness of the connection, of the server, or of a proxy
 * that finds none for a while.
 */
const PASSING = ['EARSHOT_CONNECTION', 'EARSHOT_SHUTDOWN', 'EARSHOT_NOT_FOUND'];

/**
 * A stream on a server. A lost connection is made again and the stream goes on as if nothing had been, as long as the
 * server remembers it.
 */
export class StreamClient extends Emitter<StreamClientEvent, SpotterEvent> {
  readonly #options: ConnectOptions;
  readonly #socket: ReconnectingSocket<ProducerMessage>;
  readonly #outbox = new Outbox(BYTES_PER_SAMPLE);
  readonly #checking: ReturnType<typeof setInterval>;
  readonly #watch = new SilenceWatch();
  readonly #waiters = new Waiters();
  #ready: ReadyMessage | undefined;
  #totals: Totals | undefined;
  /** The server has told that nothing more comes. */
  #hasEnded = false;
  #error: EarshotError | undefined;
  #waitingForRoom: Promise<void> | undefined;
  #lastSeq = 0;
  #isClosing = false;
  /** Whether the last samples found no room. */
  #isFull = false;

  /** Use `connect`. @throws EarshotError EARSHOT_BAD_ARGUMENT */
  constructor(server: ServerAddress, options: ConnectOptions, Socket: SocketClass) {
    super();
    checkNumbers(options);
    this.#options = options;
    const { sampleRate, name, model, events, frameEvery } = options;
    const beginning = addressOf(server, '/v1/stream', {
      sample_rate: sampleRate,
      name,
      model,
      events: events?.join(','),
      frame_every: frameEvery,
    });
    this.#socket = new ReconnectingSocket(Socket, {
      address: () => {
        if (!this.#ready) return beginning;
        return addressOf(server, '/v1/stream', { token: this.#ready.token, last_seq: this.#lastSeq });
      },
      protocols: protocolsFor(options.token),
      receive: (message) => this.#receive(message),
      mayReconnect: (error) => this.#mayReconnect(error),
      stateChanged: (state) => this.#stateChanged(state),
      failed: (error) => this.#fail(error),
    });
    this.#checking = setInterval(() => this.#check(), CHECK_MILLISECONDS);
  }

  /** For `connect`. */
  async open(): Promise<void> {
    const { signal } = this.#options;
    try {
      signal?.throwIfAborted();
      this.#socket.dial();
      await unlessAborted(
        this.#waiters.until(() => this.#ready !== undefined),
        signal,
      );
    } catch (error) {
      this.#socket.close();
      this.#finish();
      throw error;
    }
  }

  get state(): ConnectionState {
    return this.#socket.state;
  }

  /** Name of the stream. */
  get name(): string {
    return this.#ready?.name ?? '';
  }

  /** The names behind the posteriors, in order. */
  get labels(): readonly string[] {
    return this.#ready?.labels ?? [];
  }

  /** Bytes of audio that the server has not dealt with yet. */
  get bufferedAmount(): number {
    return this.#outbox.samples * BYTES_PER_SAMPLE;
  }

  /**
   * Sends samples in [-1, 1], or 16-bit ones as they are; they are copied at once. The promise resolves when the server
   * is near enough for more: await it to send a file no faster than it is heard. A microphone need not: an `error` event
   * tells what ended the stream, and a `warning` that the buffer is full, once until it takes samples again.
   * @throws EarshotError EARSHOT_CLIENT_BUFFER_FULL (nothing is taken then), EARSHOT_ENDED, EARSHOT_BAD_ARGUMENT, or
   *   what ended the stream
   */
  send(samples: Float32Array | Int16Array): Promise<void> {
    if (!(samples instanceof Float32Array || samples instanceof Int16Array)) {
      const what = 'a Float32Array or an Int16Array';
      return Promise.reject(unexpected('EARSHOT_BAD_ARGUMENT', 'samples', what, samples));
    }
    return unwatched(async () => {
      this.#take(samples);
      this.#pump();
      if (!this.#hasRoom) await this.#room();
    });
  }

  get #hasRoom(): boolean {
    return this.#outbox.samples <= AHEAD_SECONDS * this.#options.sampleRate;
  }

  /** One promise for all who wait: a long recording may be sent in thousands of pieces at once. */
  #room(): Promise<void> {
    this.#waitingForRoom ??= this.#waiters
      .until(() => this.#hasRoom)
      .finally(() => {
        this.#waitingForRoom = undefined;
      });
    return this.#waitingForRoom;
  }

  /** Ends the utterance; resolves when all its events are there. Then the stream begins anew. */
  flush(): Promise<void> {
    return this.#command({ type: 'flush' });
  }

  /** Forgets everything heard. */
  reset(): Promise<void> {
    return this.#command({ type: 'reset' });
  }

  /**
   * Changes thresholds or what to be told, from the audio on that is sent next.
   * @throws EarshotError EARSHOT_BAD_ARGUMENT (nothing is changed then, and the stream goes on), EARSHOT_ENDED, or what
   *   ended the stream
   */
  configure(configuration: StreamConfiguration): Promise<void> {
    return unwatched(async () => {
      checkConfiguration(configuration, this.labels);
      await this.#command({ type: 'configure', ...configuration });
    });
  }

  /**
   * Ends the stream. Resolves with its totals after the last events.
   * @throws EarshotError what ended it before; EARSHOT_ENDED after `abort`
   */
  close(): Promise<Totals> {
    return unwatched(async () => {
      if (!this.#isClosing && this.state !== 'closed') {
        this.#isClosing = true;
        this.#outbox.add('{"type":"close"}');
        this.#pump();
      }
      await this.#waiters.until(() => this.#totals !== undefined);
      return this.#totals as Totals;
    });
  }

  /** Ends the stream at once; what still waits here is not sent. */
  abort(): void {
    this.#socket.close();
    this.#finish();
  }

  #take(samples: Float32Array | Int16Array): void {
    this.#checkOpen();
    const { sampleRate, bufferSeconds = BUFFER_SECONDS } = this.#options;
    if (this.#outbox.samples + samples.length > bufferSeconds * sampleRate) {
      const what = `More than ${bufferSeconds} s of audio wait for the server`;
      const full = new EarshotError('EARSHOT_CLIENT_BUFFER_FULL', what, { value: samples.length });
      if (!this.#isFull) this.emit({ type: 'warning', code: full.code, message: what });
      this.#isFull = true;
      throw full;
    }
    this.#isFull = false;
    const most = Math.floor(MESSAGE_SECONDS * sampleRate);
    for (let at = 0; at < samples.length; at += most) this.#outbox.add(pcm(samples.subarray(at, at + most)));
  }

  #command(message: object): Promise<void> {
    return unwatched(async () => {
      this.#checkOpen();
      const after = this.#outbox.add(JSON.stringify(message));
      this.#pump();
      await this.#waiters.until(() => this.#outbox.hasDone(after));
    });
  }

  #checkOpen(): void {
    if (this.#error) throw this.#error;
    if (this.#isClosing || this.state === 'closed') throw closedError();
  }

  /** Sends as much as may be on its way. */
  #pump(): void {
    while (this.state === 'open' && this.#outbox.samplesOnTheWay < AHEAD_SECONDS * this.#options.sampleRate) {
      const isOwed = this.#isOwed;
      const message = this.#outbox.next();
      if (message === undefined) return;
      this.#write(message, isOwed);
    }
  }

  #write(data: string | Uint8Array<ArrayBuffer>, isOwed: boolean): void {
    this.#socket.send(data);
    this.#watch.sent(isOwed);
  }

  #receive(message: Exclude<ProducerMessage, { type: 'error' }>): void {
    this.#watch.heard();
    if ('seq' in message) this.#lastSeq = Math.max(this.#lastSeq, message.seq);
    switch (message.type) {
      case 'ready':
        this.#ready = message;
        this.#outbox.resume({ samples: message.resume_from, commands: message.commands });
        this.#socket.opened();
        break;
      case 'ack':
        this.#outbox.acknowledge(message);
        break;
      case 'frames':
        for (const frame of message.frames) this.tell(frame);
        break;
      case 'frame':
      case 'detection': {
        const { seq: _, ...event } = message;
        this.tell(event);
        break;
      }
      case 'warning':
        this.emit(message);
        break;
      case 'closed':
        this.#closed(message);
    }
    this.#pump();
    this.#waiters.look();
  }

  #mayReconnect({ code }: EarshotError): boolean {
    if (!this.#ready || this.#hasEnded || !PASSING.includes(code)) return false;
    return this.#socket.lostMilliseconds < 1000 * this.#ready.grace_seconds;
  }

  /** Whether the server has to give a sign. */
  get #isOwed(): boolean {
    const { samplesOnTheWay, commandsOnTheWay } = this.#outbox;
    return (
      this.state === 'reconnecting' ||
      this.#hasEnded ||
      commandsOnTheWay > 0 ||
      samplesOnTheWay > UNANSWERED_SECONDS * this.#options.sampleRate
    );
  }

  #check(): void {
    const finding = this.#watch.check(this.#isOwed, this.#socket.silentMilliseconds);
    if (finding === 'lost') this.#socket.abandon();
    else if (finding === 'ask' && this.state === 'open') {
      this.#watch.asked();
      this.#write('{"type":"keepalive"}', this.#isOwed);
    }
  }

  #closed({ samples, frames, detections }: Totals): void {
    this.#hasEnded = true;
    // Unasked, or before all was heard, the server has a reason, which the end of the connection tells.
    if (!this.#isClosing || samples < this.#outbox.given) return;
    this.#totals = { samples, frames, detections };
    this.#socket.close();
    this.#finish();
  }

  #fail(error: EarshotError): void {
    this.#error = error;
    this.#finish();
    this.emit({ type: 'error', error });
  }

  #finish(): void {
    clearInterval(this.#checking);
    this.endLoops(this.#error);
    this.#waiters.end(this.#error ?? closedError());
  }

  #stateChanged(state: ConnectionState): void {
    this.#watch.heard();
    this.emit({ type: 'state', state });
  }
}

function checkNumbers({ sampleRate, bufferSeconds = BUFFER_SECONDS }: ConnectOptions): void {
  for (const [name, value] of Object.entries({ sampleRate, bufferSeconds })) {
    if (!(value > 0)) throw unexpected('EARSHOT_BAD_ARGUMENT', name, 'a number above 0', value);
  }
}

const closedError = (): EarshotError => new EarshotError('EARSHOT_ENDED', 'The stream was closed');

/** Nobody has to wait: what goes wrong is told by events too. */
function unwatched<T>(work: () => Promise<T>): Promise<T> {
  const promise = work();
  promise.catch(() => {});
  return promise;
}

function pcm(samples: Float32Array | Int16Array): Uint8Array<ArrayBuffer> {
  if (samples instanceof Float32Array) return encodeS16(samples);
  // All machines that run JavaScript today have the byte order of the wire.
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength).slice();
}
