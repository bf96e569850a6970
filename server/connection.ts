import type { Duplex } from 'node:stream';
import { EarshotError } from 'earshot';
import type { CodedSocket } from './coded-socket.js';
import type { Limits } from './limits.js';
import { Rate } from './rate.js';

/** What a connection is for. An error that a method throws ends the connection. */
export interface Peer {
  text(message: string): void;
  binary(bytes: Buffer): void;
  /** @param isMeant the client closed the connection in order */
  gone(isMeant: boolean): void;
  /** Whether the socket is not to be read at the moment. */
  isBehind(): boolean;
  /** Number of the last message that was sent. */
  latest(): number;
  /** The client has got all messages up to this number. */
  arrived(seq: number): void;
  /** Whether it may send nothing for as long as it likes. */
  readonly mayBeSilent: boolean;
}

/**
 * A ping carries the number of the last message before it. Every client of RFC 6455 sends it back in a pong, which is a
 * sign of life and says that all before it has arrived.
 */
const PING_SECONDS = 5;
/** A client that has given no sign of life for so long is given up. */
const SILENCE_SECONDS = 40;
/** RFC 6455: the purpose of the connection is fulfilled. */
export const NORMAL_CLOSURE = 1000;
const GOING_AWAY = 1001;
const NO_CODE = 1005;
/** The other side closed on purpose. */
const ORDERLY: ReadonlySet<number> = new Set([NORMAL_CLOSURE, GOING_AWAY, NO_CODE]);

/** One WebSocket: sends, applies limits, notices when the other side is gone, closes with a reason. */
export class Connection {
  readonly #socket: CodedSocket;
  readonly #line: Duplex;
  readonly #limits: Limits;
  readonly #texts: Rate;
  readonly #audioMessages: Rate;
  readonly #onRefusal: (error: unknown) => void;
  #peer: Peer | undefined;
  #lastSign = performance.now();
  #lastMessage = performance.now();
  /** Anywhere in the time between two, so that clients which came together are not all asked at once. */
  #lastPing = performance.now() - 1000 * PING_SECONDS * Math.random();
  #isPaused = false;

  /**
   * @param line what the WebSocket goes over
   * @param onRefusal told of every error by which a connection ends
   */
  constructor(socket: CodedSocket, line: Duplex, limits: Limits, onRefusal: (error: unknown) => void) {
    this.#socket = socket;
    this.#line = line;
    this.#limits = limits;
    this.#onRefusal = onRefusal;
    this.#texts = new Rate(limits.textsPerSecond);
    this.#audioMessages = new Rate(limits.audioMessagesPerSecond);
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    socket.on('pong', (data) => this.#pong(data));
    socket.on('ping', () => this.#sign());
    socket.on('error', () => {});
    socket.on('close', (code) => {
      if (socket.refusal) onRefusal(socket.refusal);
      this.#detach()?.gone(socket.hasFailed || ORDERLY.has(code));
    });
  }

  serve(peer: Peer): void {
    this.#peer = peer;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: string | Uint8Array): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(message);
  }

  /** What is sent meanwhile leaves in one write, which costs a server of many streams more than anything else. */
  together(send: () => void): void {
    this.#line.cork();
    try {
      send();
    } finally {
      this.#line.uncork();
    }
  }

  /** Closes in order. The peer is told when the other side has confirmed it. */
  end(code: number = NORMAL_CLOSURE): void {
    this.#resume();
    this.#socket.close(code);
  }

  /** Tells of an error and closes; the peer is told that its client is gone. */
  fail(error: unknown): void {
    const peer = this.#detach();
    this.#onRefusal(error);
    this.#resume();
    this.#socket.fail(error);
    peer?.gone(true);
  }

  /** Cuts the line. */
  terminate(): void {
    this.#socket.terminate();
  }

  /** Reads the socket or leaves it, as its peer can keep up. */
  regulate(): void {
    const isBehind =
      this.#peer !== undefined &&
      (this.#peer.isBehind() ||
        this.bufferedBytes > this.#limits.sendBytes ||
        this.#texts.isExceeded ||
        this.#audioMessages.isExceeded);
    if (isBehind === this.#isPaused) return;
    if (isBehind) this.#pause();
    else this.#resume();
  }

  /** To be called about once a second. */
  check(): void {
    this.regulate();
    const now = performance.now();
    // While we do not read, nothing can be heard; that is our doing, unless it is because the client does not read.
    if (this.#isPaused && this.bufferedBytes <= this.#limits.sendBytes) this.#lastSign = this.#lastMessage = now;
    if (this.#peer?.mayBeSilent === false && now - this.#lastMessage > 1000 * this.#limits.idleSeconds) {
      this.fail(new EarshotError('EARSHOT_IDLE', `Nothing came for ${this.#limits.idleSeconds} seconds`));
    }
    if (now - this.#lastSign > 1000 * SILENCE_SECONDS) this.terminate();
    else if (now - this.#lastPing >= 1000 * PING_SECONDS) this.#ping(now);
  }

  /** Says that the server is going away. */
  leave(): void {
    this.end(GOING_AWAY);
  }

  #pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  #detach(): Peer | undefined {
    const peer = this.#peer;
    this.#peer = undefined;
    return peer;
  }

  #sign(): void {
    this.#lastSign = performance.now();
  }

  #ping(now: number): void {
    this.#lastPing = now;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping(String(this.#peer?.latest() ?? 0));
  }

  #pong(data: Buffer): void {
    this.#sign();
    const seq = Number(data.toString('latin1'));
    // A client may also send pongs nobody asked for.
    if (this.#peer && seq <= this.#peer.latest()) this.#peer.arrived(seq);
  }

  #receive(data: Buffer, isBinary: boolean): void {
    const peer = this.#peer;
    if (!peer) return;
    this.#lastSign = this.#lastMessage = performance.now();
    try {
      (isBinary ? this.#audioMessages : this.#texts).count();
      if (isBinary) peer.binary(data);
      else peer.text(data.toString('utf8'));
    } catch (error) {
      this.fail(error);
    }
    this.regulate();
  }
}
