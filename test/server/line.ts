import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line between client and server that can be cut, or go silent without a sign. */
export class Line {
  readonly url: string;
  readonly #close: () => void;
  readonly #pairs = new Set<[Socket, Socket]>();

  private constructor(url: string, close: () => void) {
    this.url = url;
    this.#close = close;
  }

  static async to(target: string): Promise<Line> {
    const port = Number(new URL(target).port);
    const server = createServer((client) => line.#join(client, port));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port: own } = server.address() as AddressInfo;
    const line: Line = new Line(`ws://127.0.0.1:${own}`, () => void server.close());
    return line;
  }

  /** Connections that are open. */
  get size(): number {
    return this.#pairs.size;
  }

  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Passes nothing on any more, and leaves the connections open. */
  silence(): void {
    for (const [client, server] of this.#pairs) {
      client.unpipe(server).resume();
      server.unpipe(client).resume();
    }
  }

  close(): void {
    this.cut();
    this.#close();
  }

  #join(client: Socket, port: number): void {
    const server = connect(port, '127.0.0.1');
    const pair: [Socket, Socket] = [client, server];
    this.#pairs.add(pair);
    client.pipe(server).pipe(client);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  }
}
