import type { ConnectionState } from '../client/index.js';
import { type Failure, warningLine } from './failure.js';
import type { Output } from './output.js';

interface Emits<Type, Event> {
  on(type: Type, callback: (event: Event) => void): unknown;
}

/** A `StreamClient` or a `Subscription`. */
type Client = Emits<'warning', Failure> & Emits<'state', { state: ConnectionState }>;

const LOST: Failure = { code: 'EARSHOT_CONNECTION', message: 'The connection was lost and is being made again' };

/** Tells of a server's warnings, and of connections that are lost. */
export function tellOfConnection(client: Client, url: string, messages: Output): void {
  const warn = (failure: Failure) => void messages.write(warningLine(url, failure));
  client.on('warning', warn);
  client.on('state', ({ state }) => {
    if (state === 'reconnecting') warn(LOST);
  });
}
