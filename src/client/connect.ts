import { encodeS16 } from '../audio/pcm.js';
import { EarshotError } from '../errors.js';
import type { SpotterEvent } from '../events.js';
import { backoffMilliseconds } from './backoff.js';
import { Emitter } from './emitter.js';
import { EventQueue } from './event-queue.js';
import type { ProducerMessage, ReadyMessage, Totals, TroubleMessage } from './messages.js';
import { type Access, addressOf, isOpen, protocolsFor, type Socket, type SocketClass, socketClass } from './socket.js';
import { Unacknowledged } from './unacknowledged.js';

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
}

/** Changes to a stream; see docs/protocol.md. */
export interface StreamConfiguration {
  threshold?: number;
  thresholds?: Record<string, number>;
  labels?: string[];
  events?: ('frame' | 'detection')[];
}

/** `open`, or `reconnecting` after a lost connection, or `closed` for good. */
export type ConnectionState = 'open' | 'reconnecting' | 'closed';

export type StreamClientEvent =
  | SpotterEvent
  | TroubleMessage<'warning'>
  | { type: 'state'; state: ConnectionState }
  | { type: 'error'; error: EarshotError };

const BYTES_PER_SAMPLE = 2;
/** `send` waits while more is on its way, so that a file is sent no faster than it is heard. */
const AHEAD_SECONDS = 4;
/** Without a sign from the server for so long, although it owes one, the connection counts as lost. */
const SILENCE_MILLISECONDS = 10_000;
const KEEPALIVE_MILLISECONDS = 20_000;
const CHECK_MILLISECONDS = 1000;
/** Close code that does not end the session; 1000 would. */
const ABANDONED = 4000;
/** Errors after which it makes sense to try again: the connection's or the server's moment of weakness. */
const PASSING = ['EARSHOT_SHUTDOWN', 'EARSHOT_CONNECTION'];

/**
 * Opens a stream on an Earshot server: "ws://localhost:8080". Resolves when the server is ready for audio.
 * @throws EarshotError EARSHOT_CONNECTION, EARSHOT_UNSUPPORTED, or what the server refuses the stream with
 */
export async function connect(server: string | { href: string }, options: ConnectOptions): Promise<StreamClient> {
  const { sampleRate, name, model, events, frameEvery } = options;
  const address = addressOf(server, '/v1/stream', {
    sample_rate: sampleRate,
    name,
    model,
    events: events?.join(','),
    frame_every: frameEvery,
  });
  const client = new StreamClient(server, options, await socketClass(options.WebSocket));
  await client.open(address);
  return client;
}

/**
 * A stream on a server. A lost connection is made again and the stream goes on as if nothing had been, as long as the
 * server remembers it.
 */
export class StreamClient extends Emitter<StreamClientEvent> {
  readonly #server: string | { href: string };
  readonly #options: ConnectOptions;
  readonly #Socket: SocketClass;
  readonly #unacknowledged = new Unacknowledged(BYTES_PER_SAMPLE);
  readonly #checking: ReturnType<typeof setInterval>;
  readonly #closed: Promise<Totals>;
  #settle!: { resolve(totals: Totals): void; reject(error: EarshotError): void };
  #queue: EventQueue<SpotterEvent> | undefined;
  #socket: Socket | undefined;
  #ready: ReadyMessage | undefined;
  #state: ConnectionState = 'reconnecting';
  #lastSeq = 0;
  #lostAt = 0;
  #acknowledgedCommands = 0;
  #attempt = 0;
  #isClosing = false;
  #lastHeard = performance.now();
  #lastSent = performance.now();
  #waiting: { isDone(): boolean; resolve(): void; reject(error: EarshotError): void }[] = [];
  #error: EarshotError | undefined;

  /** Use `connect`. */
  constructor(server: string | { href: string }, options: ConnectOptions, Socket: SocketClass) {
    super();
    this.#server = server;
    this.#options = options;
    this.#Socket = Socket;
    this.#closed = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever closes will see the error; so will those who wait, iterate or listen for it.
    this.#closed.catch(() => {});
    this.#checking = setInterval(() => this.#check(), CHECK_MILLISECONDS);
  }

  /** For `connect`. */
  open(address: string): Promise<void> {
    this.#dial(address);
    return this.#until(() => this.#ready !== undefined);
  }

  get state(): ConnectionState {
    return this.#state;
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
    return this.#unacknowledged.samples * BYTES_PER_SAMPLE;
  }

  /**
   * Sends samples in [-1, 1] as 16-bit PCM; they are copied at once. The promise resolves when the server is near
   * enough for more: await it to send a file no faster than it is heard. A microphone need not.
   * @throws EarshotError EARSHOT_CLIENT_BUFFER_FULL (nothing is taken then), EARSHOT_ENDED, or what ended the stream
   */
  async send(samples: Float32Array): Promise<void> {
    this.#checkOpen();
    const { sampleRate, bufferSeconds = 30 } = this.#options;
    if (this.#unacknowledged.samples + samples.length > bufferSeconds * sampleRate) {
      const what = `More than ${bufferSeconds} s of audio wait for the server`;
      throw new EarshotError('EARSHOT_CLIENT_BUFFER_FULL', what, { value: samples.length });
    }
    const audio = encodeS16(samples);
    this.#unacknowledged.addAudio(audio);
    this.#write(audio);
    await this.#until(() => this.#unacknowledged.samples <= AHEAD_SECONDS * sampleRate);
  }

  /** Ends the utterance; resolves when all its events are there. Then the stream begins anew. */
  flush(): Promise<void> {
    return this.#command({ type: 'flush' });
  }

  /** Forgets everything heard. */
  reset(): Promise<void> {
    return this.#command({ type: 'reset' });
  }

  /** Changes thresholds or what to be told, from the audio on that is sent next. */
  configure(configuration: StreamConfiguration): Promise<void> {
    return this.#command({ type: 'configure', ...configuration });
  }

  /** Ends the stream. Resolves with its totals after the last events. @throws EarshotError what ended it before */
  close(): Promise<Totals> {
    if (!this.#isClosing && this.#state !== 'closed') {
      this.#isClosing = true;
      this.#unacknowledged.addCommand('{"type":"close"}');
      this.#write('{"type":"close"}');
    }
    return this.#closed;
  }

  /** Frames and detections from now on, until the stream ends. @throws EarshotError what ended it, if it was an error */
  [Symbol.asyncIterator](): AsyncGenerator<SpotterEvent, void, undefined> {
    this.#queue ??= new EventQueue();
    if (this.#state === 'closed') this.#queue.end(this.#error);
    return this.#queue.read();
  }

  #command(message: object): Promise<void> {
    this.#checkOpen();
    const text = JSON.stringify(message);
    this.#unacknowledged.addCommand(text);
    this.#write(text);
    const number = this.#unacknowledged.commands;
    return this.#until(() => this.#acknowledgedCommands >= number);
  }

  #checkOpen(): void {
    if (this.#error) throw this.#error;
    if (this.#isClosing || this.#state === 'closed') throw new EarshotError('EARSHOT_ENDED', 'The stream was closed');
  }

  #until(isDone: () => boolean): Promise<void> {
    if (isDone()) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ isDone, resolve, reject }));
  }

  #progress(): void {
    const done = this.#waiting.filter(({ isDone }) => isDone());
    this.#waiting = this.#waiting.filter((waiting) => !done.includes(waiting));
    for (const { resolve } of done) resolve();
  }

  #write(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#state !== 'open' || !isOpen(this.#socket)) return;
    this.#socket.send(data);
    this.#lastSent = performance.now();
  }

  #dial(address: string): void {
    const socket = new this.#Socket(address, protocolsFor(this.#options.token));
    let refusal: EarshotError | undefined;
    this.#socket = socket;
    this.#lastHeard = performance.now();
    socket.onmessage = ({ data }) => {
      if (this.#socket !== socket) return;
      const message: ProducerMessage = JSON.parse(String(data));
      if (message.type === 'error') refusal = new EarshotError(message.code, message.message);
      else this.#receive(message);
    };
    socket.onerror = () => {};
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      this.#lost(refusal ?? new EarshotError('EARSHOT_CONNECTION', `The connection ended with code ${code}`));
    };
  }

  #receive(message: Exclude<ProducerMessage, { type: 'error' }>): void {
    this.#lastHeard = performance.now();
    if ('seq' in message) this.#lastSeq = Math.max(this.#lastSeq, message.seq);
    switch (message.type) {
      case 'ready':
        this.#begin(message);
        break;
      case 'ack':
        this.#unacknowledged.acknowledge(message.samples, message.commands);
        this.#acknowledgedCommands = message.commands;
        this.#progress();
        break;
      case 'frames':
        for (const frame of message.frames) this.#tell(frame);
        break;
      case 'frame':
      case 'detection': {
        const { seq: _, ...event } = message;
        this.#tell(event);
        break;
      }
      case 'warning':
        this.emit(message);
        break;
      case 'closed':
        this.#end(message);
    }
  }

  #tell(event: SpotterEvent): void {
    this.#queue?.push(event);
    this.emit(event);
  }

  #begin(ready: ReadyMessage): void {
    this.#ready = ready;
    this.#attempt = 0;
    this.#setState('open');
    for (const data of this.#unacknowledged.after(ready.resume_from, ready.commands)) this.#write(data);
    this.#progress();
  }

  #lost(error: EarshotError): void {
    this.#socket = undefined;
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.#lostAt = performance.now();
    const ready = this.#ready;
    const isPassing = PASSING.includes(error.code);
    const isTooLate = ready && performance.now() - this.#lostAt > 1000 * ready.grace_seconds;
    if (!ready || !isPassing || isTooLate) {
      this.#fail(error);
      return;
    }
    this.#setState('reconnecting');
    setTimeout(() => this.#redial(ready), backoffMilliseconds(this.#attempt++));
  }

  #redial({ token }: ReadyMessage): void {
    if (this.#state !== 'reconnecting') return;
    this.#dial(addressOf(this.#server, '/v1/stream', { token, last_seq: this.#lastSeq }));
  }

  #check(): void {
    const now = performance.now();
    const owesSign = this.#state === 'reconnecting' || this.#unacknowledged.samples > this.#options.sampleRate;
    if (this.#socket && owesSign && now - this.#lastHeard > SILENCE_MILLISECONDS) this.#abandon();
    else if (now - this.#lastSent > KEEPALIVE_MILLISECONDS) this.#write('{"type":"keepalive"}');
  }

  /** The connection looks open and is not: takes the session over with another. */
  #abandon(): void {
    const socket = this.#socket;
    this.#lost(new EarshotError('EARSHOT_CONNECTION', 'The server says nothing any more'));
    socket?.close(ABANDONED);
  }

  #end(totals: Totals): void {
    this.#finish();
    this.#queue?.end();
    const { samples, frames, detections } = totals;
    this.#settle.resolve({ samples, frames, detections });
    const ended = this.#error ?? new EarshotError('EARSHOT_ENDED', 'The stream was closed');
    for (const { reject } of this.#waiting) reject(ended);
  }

  #fail(error: EarshotError): void {
    this.#error = error;
    this.#finish();
    this.#queue?.end(error);
    this.#settle.reject(error);
    for (const { reject } of this.#waiting) reject(error);
    this.emit({ type: 'error', error });
  }

  #finish(): void {
    clearInterval(this.#checking);
    this.#setState('closed');
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit({ type: 'state', state });
  }
}
