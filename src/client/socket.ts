import { EarshotError } from '../errors.js';

/** The part of the standard's WebSocket that is used. */
export interface Socket {
  binaryType: string;
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

/** `WebSocket` of a browser, or of the package ws. */
export type SocketClass = new (url: string, protocols?: string[]) => Socket;

const SUBPROTOCOL = 'earshot.v1';
const OPEN = 1;

/** The class given, the host's own, or that of the package ws. @throws EarshotError EARSHOT_UNSUPPORTED */
export async function socketClass(given: SocketClass | undefined): Promise<SocketClass> {
  const own = given ?? (globalThis as { WebSocket?: SocketClass }).WebSocket;
  if (own) return own;
  try {
    const { WebSocket } = await import('ws');
    return WebSocket as unknown as SocketClass;
  } catch (cause) {
    throw new EarshotError('EARSHOT_UNSUPPORTED', 'There is no WebSocket here; pass a class as `WebSocket`', { cause });
  }
}

export const isOpen = (socket: Socket | undefined): socket is Socket => socket?.readyState === OPEN;

/** Where a server is, and who asks. */
export interface Access {
  /** A bearer token. It travels as a subprotocol, because browsers cannot set headers here. */
  token?: string | undefined;
  /** In place of the host's own class, or ws. */
  WebSocket?: SocketClass | undefined;
}

/** The address of a server's path with parameters; those that are undefined are left out. http becomes ws. */
export function addressOf(
  server: string | { href: string },
  path: string,
  parameters: Record<string, string | number | undefined>,
): string {
  const url = (typeof server === 'string' ? server : server.href).replace(/^http/, 'ws').replace(/[?#].*$/, '');
  const query = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`)
    .join('&');
  const base = url.replace(/\/+$/, '').replace(/\/v1\/(stream|events)$/, '');
  return `${base}${path}${query && `?${query}`}`;
}

/** The subprotocols to offer. */
export const protocolsFor = (token: string | undefined): string[] =>
  token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, `earshot.token.${token}`];
