import type { IncomingMessage } from 'node:http';
import type { Access, Rights } from './access.js';

/** The subprotocol of version 1 (RFC 6455, section 1.9). */
export const SUBPROTOCOL = 'earshot.v1';
/** Browsers cannot set headers on a WebSocket: a token may be offered as a subprotocol behind this. */
const TOKEN_PREFIX = 'earshot.token.';

/**
 * What the client of a WebSocket may do: by a bearer token in the header, by one offered as a subprotocol, or by a
 * single-use token in the query.
 * @throws EarshotError EARSHOT_UNAUTHORISED
 */
export function rightsOfUpgrade(request: IncomingMessage, query: URLSearchParams, access: Access): Rights {
  const singleUse = query.get('access_token');
  if (singleUse !== null) return access.redeem(singleUse);
  return access.rightsOf(bearerToken(request) ?? offeredToken(request));
}

/**
 * What the sender of another request may do: by a bearer token in the header only, or a single-use token could be
 * exchanged for the next one for ever.
 * @throws EarshotError EARSHOT_UNAUTHORISED
 */
export function rightsOfRequest(request: IncomingMessage, access: Access): Rights {
  return access.rightsOf(bearerToken(request));
}

/** RFC 6750, section 2.1. */
function bearerToken({ headers }: IncomingMessage): string | undefined {
  return /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? '')?.[1];
}

function offeredToken({ headers }: IncomingMessage): string | undefined {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return offered.find((name) => name.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length);
}
