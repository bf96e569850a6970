import type { IncomingMessage } from 'node:http';
import { EarshotError } from 'earshot';
import type { Access } from './access.js';

const LOOPBACK = /^(localhost|(::ffff:)?127(\.\d{1,3}){3}|\[::1\]|::1)$/;

/** Whether a host is reached from this machine only. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/**
 * Refuses what a web page of another origin sends: allowed are requests without `Origin` (no browser), from the
 * server's own origin, and from origins named by the owner.
 * @throws EarshotError EARSHOT_FORBIDDEN
 */
export function checkOrigin(request: IncomingMessage, access: Access, allowed: readonly string[]): void {
  if (access.isOpen) checkHost(request);
  const { origin, host } = request.headers;
  if (origin === undefined || allowed.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new EarshotError('EARSHOT_FORBIDDEN', `The origin ${origin} is not allowed`, { value: origin });
}

/**
 * What comes in over loopback must name loopback as its host: a page could have its own name lead to this machine, and
 * would then be of the server's own origin (DNS rebinding). Where tokens are asked for, such a page has none.
 */
function checkHost({ headers, socket }: IncomingMessage): void {
  if (!isLoopback(socket.localAddress ?? '')) return;
  const { host = '' } = headers;
  const address = `http://${host}`;
  if (URL.canParse(address) && isLoopback(new URL(address).hostname)) return;
  const what = `Expected the host localhost or a loopback address, got ${JSON.stringify(host)}; under other names a server answers with tokens only`;
  throw new EarshotError('EARSHOT_FORBIDDEN', what, { value: host });
}
