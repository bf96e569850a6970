import { checkSampleRate } from '../audio/rates.js';
import { EarshotError } from '../errors.js';
import type { Started, Starting } from './listener.js';
import type { ListenerState } from './options.js';

/**
 * Listens to a recording, through the very worklet that hears microphones: an OfflineAudioContext at the recording's
 * own rate plays it as fast as the machine can, and leaves every sample as it is.
 */
export async function hearBuffer(starting: Starting, buffer: AudioBuffer): Promise<Started> {
  const { length, sampleRate } = buffer;
  checkSampleRate(sampleRate);
  const context = new OfflineAudioContext({ numberOfChannels: 1, length, sampleRate });
  const ear = await starting.ear(context, length);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(ear.node);
  source.start();
  context.startRendering().catch((cause) => {
    const what = `The recording cannot be played: ${cause.message}`;
    void starting.stop(new EarshotError('EARSHOT_WORKLET_FAILED', what, { cause }));
  });
  const watch = (tell: (state: ListenerState) => void) => {
    ear.onConnectionChange = () => tell(ear.isConnected ? 'running' : 'reconnecting');
  };
  return { ear, state: 'running', watch };
}
