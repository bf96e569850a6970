import type { StreamClient, Subscription } from '../client/index.js';
import { type Failure, warningLine } from './failure.js';
import type { Output } from './output.js';

const LOST: Failure = { code: 'EARSHOT_CONNECTION', message: 'The connection was lost and is being made again' };

/** Tells of a server's warnings, and of connections that are lost. */
export function tellOfConnection(client: StreamClient | Subscription, url: string, messages: Output): void {
  const warn = (failure: Failure) => void messages.write(warningLine(url, failure));
  const onState = ({ state }: { state: string }) => {
    if (state === 'reconnecting') warn(LOST);
  };
  if ('send' in client) {
    client.on('warning', warn);
    client.on('state', onState);
  } else {
    client.on('warning', warn);
    client.on('state', onState);
  }
}
