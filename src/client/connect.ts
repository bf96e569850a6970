import { checkOptions } from '../errors.js';
import { type ServerAddress, socketClass } from './socket.js';
import { type ConnectOptions, StreamClient } from './stream-client.js';

const OPTIONS = [
  'token',
  'WebSocket',
  'sampleRate',
  'name',
  'model',
  'events',
  'frameEvery',
  'bufferSeconds',
  'signal',
] satisfies (keyof ConnectOptions)[];

/**
 * Opens a stream on a server of Earshot: "http://localhost:8080". Resolves when the server is ready for audio.
 * @throws EarshotError EARSHOT_CONNECTION, EARSHOT_UNSUPPORTED, EARSHOT_BAD_ARGUMENT, or what the server refuses the
 *   stream with; what `signal` is aborted with
 */
export async function connect(server: ServerAddress, options: ConnectOptions): Promise<StreamClient> {
  checkOptions('options', options, OPTIONS);
  const client = new StreamClient(server, options, await socketClass(options.WebSocket));
  await client.open();
  return client;
}
