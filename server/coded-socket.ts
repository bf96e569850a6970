import { EarshotError } from 'earshot';
import { WebSocket } from 'ws';
import { refusalOf } from './protocol/refusals.js';
import { encode } from './protocol/server-messages.js';

/** Close codes by which ws itself ends a connection that breaks RFC 6455 or the limit of a message's length. */
const OWN_CODES: Readonly<Record<number, EarshotError>> = {
  1002: new EarshotError('EARSHOT_MESSAGE', 'This is not the WebSocket protocol (RFC 6455)'),
  1007: new EarshotError('EARSHOT_MESSAGE', 'Expected a text message to be UTF-8'),
  1008: new EarshotError('EARSHOT_LIMIT', 'The message came in too many pieces'),
  1009: new EarshotError('EARSHOT_MESSAGE_SIZE', 'The message is too long'),
};

/** A WebSocket that never closes for an error without telling its code and a message first. */
export class CodedSocket extends WebSocket {
  #hasFailed = false;
  #refusal: EarshotError | undefined;

  /** Whether an error ended the connection. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** The error by which ws itself has ended the connection. */
  get refusal(): EarshotError | undefined {
    return this.#refusal;
  }

  /** Tells of an error and closes with the code that belongs to it. */
  fail(error: unknown): void {
    const { code, message, closeCode } = refusalOf(error);
    this.#tell(code, message);
    super.close(closeCode, code);
  }

  override close(code?: number, data?: string | Buffer): void {
    // With data, ws answers a close of the other side.
    const own = code === undefined || data !== undefined ? undefined : OWN_CODES[code];
    if (own) {
      this.#refusal = own;
      this.#tell(own.code, own.message);
    }
    super.close(code, data);
  }

  #tell(code: EarshotError['code'], message: string): void {
    if (this.#hasFailed || this.readyState !== WebSocket.OPEN) return;
    this.#hasFailed = true;
    this.send(encode({ type: 'error', code, message }));
  }
}
