import type { IncomingMessage } from 'node:http';
import type { Access, Rights } from './access.js';

/** The subprotocol of version 1 (RFC 6455, section 1.9). */
export const SUBPROTOCOL = 'earshot.v1';
/** Browsers cannot set headers on a WebSocket: a token may be offered as a subprotocol behind this. */
const TOKEN_PREFIX = 'earshot.token.';

/**
 * What the sender of a request may do: by a bearer token (RFC 6750) in the header, by one offered as a subprotocol, or
 * by a single-use token in the query.
 * @throws EarshotError EARSHOT_UNAUTHORISED
 */
export function rightsOf(request: IncomingMessage, query: URLSearchParams, access: Access): Rights {
  const singleUse = query.get('access_token');
  if (singleUse !== null) return access.redeem(singleUse);
  return access.rightsOf(bearerToken(request) ?? offeredToken(request));
}

function bearerToken({ headers }: IncomingMessage): string | undefined {
  return /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? '')?.[1];
}

function offeredToken({ headers }: IncomingMessage): string | undefined {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return offered.find((name) => name.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length);
}
