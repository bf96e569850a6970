import type { IncomingMessage } from 'node:http';
import { EarshotError } from 'earshot';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/;

/** Whether a host is reached from this machine only. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/**
 * Refuses what a web page of another origin sends: allowed are requests without `Origin` (no browser), from the
 * server's own origin, and from origins named by the owner. A request that comes in over loopback must also name
 * loopback as its host, or a page could pass its own name off as this machine's (DNS rebinding).
 * @throws EarshotError EARSHOT_FORBIDDEN
 */
export function checkOrigin(request: IncomingMessage, allowed: readonly string[]): void {
  const { origin, host = '' } = request.headers;
  if (origin === undefined || allowed.includes(origin)) return;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  const isOwn = url !== undefined && url.host === host;
  const isRebound = isLoopback(request.socket.localAddress ?? '') && !isLoopback(url?.hostname ?? '');
  if (isOwn && !isRebound) return;
  throw new EarshotError('EARSHOT_FORBIDDEN', `The origin ${origin} is not allowed`, { value: origin });
}
