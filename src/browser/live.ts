import { EarshotError, unexpected } from '../errors.js';
import type { Ear } from './ear.js';
import { keepRunning } from './keep-running.js';
import type { Started, Starting } from './listener.js';
import type { ListenerState } from './options.js';

/** Listens to the first audio track of a stream. */
export async function hearStream(starting: Starting, stream: MediaStream): Promise<Started> {
  const [track] = stream.getAudioTracks();
  if (!track) {
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'source', 'a MediaStream with an audio track', stream);
  }
  const context = starting.options.audioContext ?? ownContext(starting);
  const started = await hear(starting, context, track);
  connect(starting, sourceOf(context, stream), started);
  return started;
}

function sourceOf(context: AudioContext, stream: MediaStream): AudioNode {
  try {
    return context.createMediaStreamSource(stream);
  } catch (cause) {
    const message = `This browser does not hear this stream in a context of ${context.sampleRate} Hz`;
    throw new EarshotError('EARSHOT_UNSUPPORTED', message, { cause });
  }
}

/** Listens to what leaves a node of somebody else's graph. */
export async function hearNode(starting: Starting, node: AudioNode): Promise<Started> {
  const started = await hear(starting, node.context);
  connect(starting, node, started);
  return started;
}

/**
 * A context at the rate that the browser prefers, which is the output device's: the only one at which every browser
 * takes microphones.
 */
function ownContext({ ending }: Starting): AudioContext {
  const context = new AudioContext();
  ending.onEnd(() => context.close());
  keepRunning(context, ending.signal);
  return context;
}

async function hear(starting: Starting, context: BaseAudioContext, track?: MediaStreamTrack): Promise<Started> {
  const ear = await starting.ear(context);
  const { signal } = starting.ending;
  const state = () => stateOf(context, ear, track);
  const watch = (tell: (state: ListenerState) => void) => {
    const look = () => (context.state === 'closed' ? void starting.stop() : tell(state()));
    context.addEventListener('statechange', look, { signal });
    for (const change of ['mute', 'unmute']) track?.addEventListener(change, look, { signal });
    ear.onConnectionChange = look;
  };
  return { ear, state: state(), watch };
}

/** From now on, so that nothing is heard before the ear is ready for it. */
function connect({ ending }: Starting, source: AudioNode, { ear }: Started): void {
  source.connect(ear.node);
  ending.onEnd(() => source.disconnect(ear.node));
}

function stateOf(context: BaseAudioContext, { isConnected }: Ear, track: MediaStreamTrack | undefined): ListenerState {
  // Safari has a state of its own, "interrupted". A muted track gives silence.
  if (context.state !== 'running' || track?.muted) return 'suspended';
  return isConnected ? 'running' : 'reconnecting';
}
