import { type Listener, type ListenOptions, listen, listenTo, type RemoteListenOptions } from '../src/browser/index.js';
import { keepRunning } from '../src/browser/keep-running.js';
import { EarshotError } from '../src/errors.js';

type Options = ListenOptions | RemoteListenOptions;

/** Something that can be listened to. */
export interface Source {
  readonly kind: 'microphone' | 'sample' | 'file';
  readonly name: string;
  start(options: Options): Promise<Listener>;
}

/** After the last sample: the network speaks a little behind the sound, and a server is further away. */
const AFTERMATH_MS = 400;
const SERVER_AFTERMATH_MS = 2000;

/** @param deviceId '' is the system's default */
export function microphone(deviceId: string): Source {
  const device = deviceId === '' ? {} : { deviceId };
  return { kind: 'microphone', name: 'the microphone', start: (options) => listen({ ...options, ...device }) };
}

/** A recording of the user's, heard as fast as the machine can. */
export function file(chosen: File): Source {
  return { kind: 'file', name: chosen.name, start: (options) => listenTo(chosen, options) };
}

/** A bundled recording, played aloud. */
export function sample(name: string): Source {
  return { kind: 'sample', name, start: (options) => playAloud(name, options) };
}

async function playAloud(name: string, options: Options): Promise<Listener> {
  const context = new AudioContext();
  const over = new AbortController();
  keepRunning(context, over.signal);
  const close = () => {
    over.abort();
    return context.close();
  };
  try {
    const buffer = await context.decodeAudioData(await fetchSample(name));
    const player = new AudioBufferSourceNode(context, { buffer });
    const listener = await listenTo(player, options);
    player.connect(context.destination);
    player.onended = () => endOnceHeard(listener, 'server' in options ? SERVER_AFTERMATH_MS : AFTERMATH_MS);
    player.start();
    listener.finished.then(close);
    return listener;
  } catch (error) {
    await close();
    throw error;
  }
}

/** What waits for a server that is being reached again is still to be heard. */
async function endOnceHeard(listener: Listener, aftermathMs: number): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, aftermathMs));
  while (listener.state === 'reconnecting');
  await listener.stop();
}

async function fetchSample(name: string): Promise<ArrayBuffer> {
  const failed = (cause?: unknown) =>
    new EarshotError('EARSHOT_FILE_NOT_FOUND', `The server does not give samples/${name}`, { value: name, cause });
  const response = await fetch(new URL(`samples/${name}`, document.baseURI)).catch((cause) => {
    throw failed(cause);
  });
  if (!response.ok) throw failed();
  return response.arrayBuffer().catch((cause) => {
    throw failed(cause);
  });
}
