import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** A message of up to 65,535 bytes as a client sends it: one frame, masked (RFC 6455, section 5.2). */
export function clientFrame(payload: Uint8Array, opcode = BINARY): Buffer {
  const header = payload.length < 126 ? 2 : 4;
  const frame = Buffer.alloc(header + 4 + payload.length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (header === 2 ? payload.length : 126);
  if (header === 4) frame.writeUInt16BE(payload.length, 2);
  const mask = randomBytes(4);
  frame.set(mask, header);
  for (let i = 0; i < payload.length; i++) frame[header + 4 + i] = payload[i] ^ mask[i & 3];
  return frame;
}

/**
 * A WebSocket client that costs next to nothing, so that a generator of load leaves the processor to the server: it
 * sends frames that were made before, and shows the bytes of each text message without making strings of them.
 */
export class RawProducer {
  readonly #socket: Socket;
  readonly #onText: (bytes: Buffer, from: number, to: number) => void;
  #rest: Buffer = Buffer.alloc(0);
  #isOpen = false;

  /** @param onText gets each text message as a range of bytes that is good during the call only */
  constructor(url: URL, onText: (bytes: Buffer, from: number, to: number) => void, onClose: () => void) {
    this.#onText = onText;
    const key = randomBytes(16).toString('base64');
    const accept = createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64');
    this.#socket = connect(Number(url.port), url.hostname);
    this.#socket.setNoDelay(true);
    this.#socket.write(
      `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    this.#socket.on('data', (data) => this.#receive(data, accept));
    this.#socket.on('error', () => {});
    this.#socket.on('close', onClose);
  }

  /** @param frame see `clientFrame` */
  send(frame: Buffer): void {
    this.#socket.write(frame);
  }

  #receive(data: Buffer, accept: string): void {
    const all = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    const taken = this.#isOpen ? 0 : this.#shakeHands(all, accept);
    this.#rest = all.subarray(this.#isOpen ? this.#takeFrames(all, taken) : 0);
  }

  /** @returns where the server's answer ends */
  #shakeHands(data: Buffer, accept: string): number {
    const end = data.indexOf('\r\n\r\n');
    if (end < 0) return 0;
    const answer = data.toString('latin1', 0, end);
    this.#isOpen = answer.startsWith('HTTP/1.1 101') && answer.includes(accept);
    if (!this.#isOpen) this.#socket.destroy();
    return end + 4;
  }

  /** @returns where a frame begins that is not whole */
  #takeFrames(data: Buffer, from: number): number {
    let at = from;
    while (at + 4 <= data.length) {
      const isLong = data[at + 1] === 126;
      const begin = at + (isLong ? 4 : 2);
      const end = begin + (isLong ? data.readUInt16BE(at + 2) : data[at + 1]);
      if (end > data.length) break;
      this.#take(data[at] & 15, data, begin, end);
      at = end;
    }
    return at;
  }

  #take(opcode: number, data: Buffer, from: number, to: number): void {
    if (opcode === TEXT) this.#onText(data, from, to);
    else if (opcode === PING) this.send(clientFrame(data.subarray(from, to), PONG));
    else if (opcode === CLOSE) this.#socket.end();
  }
}
