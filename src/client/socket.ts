import { EarshotError, unexpected } from '../errors.js';

/** The part of the standard's WebSocket that is used. */
export interface Socket {
  readonly readyState: number;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

/** `WebSocket` of a browser or of Node, or of the package ws. */
export type SocketClass = new (url: string, protocols?: string[]) => Socket;

const SUBPROTOCOL = 'earshot.v1';
const OPEN = 1;
/** In a variable, so that bundlers for pages leave the package out. */
const NODE_PACKAGE: string = 'ws';

interface Host {
  WebSocket?: SocketClass;
  process?: { versions?: { node?: string } };
}

/**
 * The class given, that of the package ws in Node, whose own does not tell why a server refuses, or the host's own.
 * @throws EarshotError EARSHOT_UNSUPPORTED
 */
export async function socketClass(given: SocketClass | undefined): Promise<SocketClass> {
  if (given) return given;
  const { WebSocket: own, process } = globalThis as Host;
  if (own && !process?.versions?.node) return own;
  try {
    return (await import(/* @vite-ignore */ NODE_PACKAGE)).WebSocket;
  } catch (cause) {
    if (own) return own;
    throw new EarshotError('EARSHOT_UNSUPPORTED', 'There is no WebSocket here; pass a class as `WebSocket`', { cause });
  }
}

export const isOpen = (socket: Socket | undefined): socket is Socket => socket?.readyState === OPEN;

/** A server's address: "http://localhost:8080" or "ws://localhost:8080". */
export type ServerAddress = string | { href: string };

/** Who asks a server, and how. */
export interface Access {
  /** A bearer token. It travels as a subprotocol, because browsers cannot set headers here. */
  token?: string | undefined;
  /** In place of the host's own class, or that of ws in Node. */
  WebSocket?: SocketClass | undefined;
}

/**
 * The address of a server's path with parameters; those that are undefined are left out. http becomes ws.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT
 */
export function addressOf(
  server: ServerAddress,
  path: string,
  parameters: Record<string, string | number | undefined>,
): string {
  const text = typeof server === 'string' ? server : server.href;
  if (!/^(http|ws)s?:\/\/[^/]/i.test(text)) {
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'server', 'an address such as "http://localhost:8080"', server);
  }
  const query = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`)
    .join('&');
  const base = text
    .replace(/^http/i, 'ws')
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '');
  return `${base}${path}${query && `?${query}`}`;
}

/** The subprotocols to offer. */
export const protocolsFor = (token: string | undefined): string[] =>
  token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, `earshot.token.${token}`];
