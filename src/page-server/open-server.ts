import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { EarshotError } from '../errors.js';

/** The open connections of each server. */
const socketsOf = new WeakMap<Server, Set<Socket>>();

/**
 * Opens a server on a port, 0 for any free one; returns its address.
 * @throws EarshotError EARSHOT_PORT_BUSY, EARSHOT_BAD_ARGUMENT for a host that is none of this machine's
 */
export async function openServer(server: Server, port: number, host: string): Promise<URL> {
  const sockets = new Set<Socket>();
  socketsOf.set(server, sockets);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw failure(cause as NodeJS.ErrnoException, port, host);
  }
  const { port: opened } = server.address() as AddressInfo;
  return new URL(`http://${nameOf(host)}:${opened}/`);
}

/** Ends a server and all its connections, also those that have not said anything yet or are HTTP no longer. */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const socket of socketsOf.get(server) ?? []) socket.destroy();
  await closed;
}

function failure(cause: NodeJS.ErrnoException, port: number, host: string): Error {
  if (cause.code === 'EADDRINUSE') {
    const what = `Port ${port} is taken by another program; choose another one with --port, or 0 for any that is free`;
    return new EarshotError('EARSHOT_PORT_BUSY', what, { value: port, cause });
  }
  if (cause.code === 'EACCES') {
    const what = `Port ${port} is reserved by the system; choose one above 1023 with --port`;
    return new EarshotError('EARSHOT_PORT_BUSY', what, { value: port, cause });
  }
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND') {
    const what = `Expected \`--host\` to be a name or address of this machine, got ${host}`;
    return new EarshotError('EARSHOT_BAD_ARGUMENT', what, { value: host, cause });
  }
  return cause;
}

/** As a browser on this machine reaches it: "localhost" counts as secure there, so that the microphone is allowed. */
function nameOf(host: string): string {
  if (['127.0.0.1', '::1', '0.0.0.0', '::'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
