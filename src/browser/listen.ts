import { EarshotError } from '../errors.js';
import { type Starting, startListener } from './listener.js';
import { hearStream } from './live.js';
import { openMicrophone } from './microphone.js';
import type { Listener, ListenOptions, RemoteListenOptions } from './options.js';

/**
 * Listens to a microphone, once the user has allowed it. Listening ends with `stop()`, with `options.signal`, or with
 * the microphone (`onError` hears EARSHOT_MICROPHONE_LOST).
 * @throws EarshotError EARSHOT_MICROPHONE_DENIED, EARSHOT_MICROPHONE_MISSING, EARSHOT_MICROPHONE_LOST (in use by
 *   another program), EARSHOT_INSECURE_CONTEXT, EARSHOT_UNSUPPORTED, EARSHOT_WORKLET_FAILED, EARSHOT_MODEL_DAMAGED,
 *   EARSHOT_MODEL_TOO_NEW, EARSHOT_BAD_ARGUMENT; what `options.signal` is aborted with; of a server
 *   what `connect` in earshot/client throws
 */
export function listen(options: ListenOptions | RemoteListenOptions): Promise<Listener> {
  return startListener(options, async (starting) => {
    const stream = await openMicrophone(options);
    holdOn(starting, stream);
    return hearStream(starting, stream);
  });
}

function holdOn({ ending, stop }: Starting, stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    const onEnded = () => stop(new EarshotError('EARSHOT_MICROPHONE_LOST', 'The microphone has gone'));
    track.addEventListener('ended', onEnded, { signal: ending.signal });
    ending.onEnd(() => track.stop());
  }
}
