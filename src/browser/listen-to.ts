import { unexpected } from '../errors.js';
import { decode } from './decode.js';
import { startListener } from './listener.js';
import { hearNode, hearStream } from './live.js';
import type { Listener, ListenOptions, RemoteListenOptions } from './options.js';
import { hearBuffer } from './recorded.js';

/** What can be listened to besides the microphone. */
export type AudioSource = MediaStream | AudioNode | AudioBuffer | Blob;

const isLive = ({ readyState }: MediaStreamTrack): boolean => readyState === 'live';

/**
 * Listens to a stream (until its audio tracks end), to a node of an audio graph, or to a recording: an AudioBuffer, or a
 * File or Blob in any format that the browser decodes. Recordings are heard as fast as the machine can, by the same worklet,
 * and `finished` resolves after their last event. Of several channels the mean is heard.
 * @throws EarshotError EARSHOT_AUDIO_EMPTY, EARSHOT_AUDIO_DAMAGED for a file that the browser cannot decode,
 *   EARSHOT_AUDIO_RATE, EARSHOT_INSECURE_CONTEXT, EARSHOT_UNSUPPORTED, EARSHOT_WORKLET_FAILED, EARSHOT_MODEL_DAMAGED,
 *   EARSHOT_MODEL_TOO_NEW, EARSHOT_BAD_ARGUMENT; what `options.signal` is aborted with; of a server
 *   what `connect` in earshot/client throws
 */
export function listenTo(source: AudioSource, options: ListenOptions | RemoteListenOptions): Promise<Listener> {
  return startListener(options, async (starting) => {
    if (source instanceof MediaStream) {
      const tracks = source.getAudioTracks();
      const onEnded = () => void (tracks.some(isLive) || starting.stop());
      for (const track of tracks) track.addEventListener('ended', onEnded, { signal: starting.ending.signal });
      return hearStream(starting, source);
    }
    if (source instanceof AudioNode) return hearNode(starting, source);
    if (source instanceof AudioBuffer) return hearBuffer(starting, source);
    if (source instanceof Blob) return hearBuffer(starting, await decode(source, options.audioContext?.sampleRate));
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'source', 'a MediaStream, AudioNode, AudioBuffer, File or Blob', source);
  });
}
