import { EarshotError, type ErrorCode } from '../errors.js';
import { backoffMilliseconds } from './backoff.js';
import { isOpen, type Socket, type SocketClass } from './socket.js';

/** `open`, or `reconnecting` after a lost connection, or `closed` for good. */
export type ConnectionState = 'open' | 'reconnecting' | 'closed';

/** Whose messages a connection carries. */
export interface SocketOwner<Message> {
  /** Where to connect, the first time or again. */
  address(): string;
  protocols: string[];
  receive(message: Answer<Message>): void;
  /** Whether a connection that ended so is to be made again. */
  mayReconnect(error: EarshotError): boolean;
  stateChanged(state: ConnectionState): void;
  /** The connection ended and is not made again. */
  failed(error: EarshotError): void;
}

/** Errors are told otherwise. */
type Answer<Message> = Exclude<Message, { type: 'error' }>;

interface ErrorMessage {
  type: 'error';
  code: ErrorCode;
  message: string;
}

/** Normal closure and going away, of RFC 6455: ends that were meant. */
const MEANT = 1000;
const GOING_AWAY = 1001;
/** Close code for a connection that is given up; it does not end what the server keeps for it. */
const ABANDONED = 4000;

/** What the status means by which a server refuses a connection. */
const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  401: 'EARSHOT_UNAUTHORISED',
  403: 'EARSHOT_FORBIDDEN',
  404: 'EARSHOT_NOT_FOUND',
  503: 'EARSHOT_SHUTDOWN',
};

/** A WebSocket that is made again when it is lost, after a pause that grows. */
export class ReconnectingSocket<Message extends { type: string }> {
  readonly #Socket: SocketClass;
  readonly #owner: SocketOwner<Message>;
  #socket: Socket | undefined;
  #state: ConnectionState = 'reconnecting';
  #attempts = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #lastHeard = performance.now();
  #lastOpen = performance.now();

  constructor(Socket: SocketClass, owner: SocketOwner<Message>) {
    this.#Socket = Socket;
    this.#owner = owner;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Attempts since the connection was last open. */
  get attempts(): number {
    return this.#attempts;
  }

  /** For how long the connection has been lost. */
  get lostMilliseconds(): number {
    return this.#state === 'open' ? 0 : performance.now() - this.#lastOpen;
  }

  /** For how long nothing has come; 0 while the next attempt is waited for. */
  get silentMilliseconds(): number {
    return this.#socket ? performance.now() - this.#lastHeard : 0;
  }

  dial(): void {
    if (this.#state !== 'reconnecting') return;
    try {
      this.#listen(new this.#Socket(this.#owner.address(), this.#owner.protocols));
    } catch (cause) {
      const refused = new EarshotError('EARSHOT_BAD_ARGUMENT', 'The address or the token cannot be used', { cause });
      this.#lost(cause instanceof EarshotError ? cause : refused);
    }
  }

  /** The server has agreed to (go on to) serve. */
  opened(): void {
    this.#attempts = 0;
    this.#enter('open');
  }

  /** Nothing happens unless the state is open. */
  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#state === 'open' && isOpen(this.#socket)) this.#socket.send(data);
  }

  /** The connection looks open and is not: makes another. */
  abandon(): void {
    const socket = this.#socket;
    this.#lost(new EarshotError('EARSHOT_CONNECTION', 'The server says nothing any more'));
    socket?.close(ABANDONED);
  }

  /** Ends the connection for good. */
  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    clearTimeout(this.#retry);
    this.#enter('closed');
    socket?.close(MEANT);
  }

  #listen(socket: Socket): void {
    let ending: EarshotError | undefined;
    this.#socket = socket;
    this.#lastHeard = performance.now();
    socket.onmessage = ({ data }: { data: unknown }) => {
      if (this.#socket !== socket) return;
      this.#lastHeard = performance.now();
      const message = parsed<Message>(data);
      if (isError(message)) ending = new EarshotError(message.code, message.message);
      else this.#owner.receive(message as Answer<Message>);
    };
    // Only ws and Node say why; pages are not to know.
    socket.onerror = ({ message }: { message?: string }) => {
      if (message) ending ??= new EarshotError(codeOf(message), message);
    };
    socket.onclose = ({ code }: { code: number }) => {
      if (this.#socket !== socket) return;
      this.#lost(ending ?? endingOf(code));
    };
  }

  #lost(error: EarshotError): void {
    this.#socket = undefined;
    if (this.#state === 'closed') return;
    if (!this.#owner.mayReconnect(error)) {
      this.#enter('closed');
      this.#owner.failed(error);
      return;
    }
    this.#enter('reconnecting');
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.dial(), backoffMilliseconds(this.#attempts++));
  }

  #enter(state: ConnectionState): void {
    if (this.#state === state) return;
    if (this.#state === 'open') this.#lastOpen = performance.now();
    this.#state = state;
    this.#owner.stateChanged(state);
  }
}

function endingOf(code: number): EarshotError {
  if (code === MEANT) return new EarshotError('EARSHOT_ENDED', 'The server has ended the connection');
  if (code === GOING_AWAY) return new EarshotError('EARSHOT_SHUTDOWN', 'The server is going away');
  return new EarshotError('EARSHOT_CONNECTION', `The connection ended with code ${code}`);
}

/** "Unexpected server response: 401" is how ws tells of a refusal by HTTP. */
const codeOf = (message: string): ErrorCode =>
  REFUSALS[/response: (\d+)$/.exec(message)?.[1] ?? ''] ?? 'EARSHOT_CONNECTION';

const isError = (message: { type: string }): message is ErrorMessage => message.type === 'error';

/** What is no JSON, or no object with a type, cannot come from a server of ours. */
function parsed<Message extends { type: string }>(data: unknown): Message | ErrorMessage {
  try {
    const message: Message | null = JSON.parse(String(data));
    if (typeof message?.type === 'string') return message;
  } catch {}
  return { type: 'error', code: 'EARSHOT_CONNECTION', message: 'This is no server of Earshot' };
}
