import { checkOptions } from '../errors.js';
import { type ServerAddress, socketClass } from './socket.js';
import { type SubscribeOptions, Subscription } from './subscription.js';

const OPTIONS = ['token', 'WebSocket', 'stream', 'events', 'since'] satisfies (keyof SubscribeOptions)[];

/**
 * Subscribes to the events of a server's streams. Resolves when the server has agreed; events wait for the first
 * callback or loop.
 * @throws EarshotError EARSHOT_CONNECTION, EARSHOT_UNSUPPORTED, EARSHOT_BAD_ARGUMENT, or what the server refuses it with
 */
export async function subscribe(server: ServerAddress, options: SubscribeOptions = {}): Promise<Subscription> {
  checkOptions('options', options, OPTIONS);
  const subscription = new Subscription(server, options, await socketClass(options.WebSocket));
  await subscription.open();
  return subscription;
}
