import { checkSampleRate } from '../audio/rates.js';
import type { Started, Starting } from './listener.js';

/**
 * Listens to a recording, through the very worklet that hears microphones: an OfflineAudioContext at the recording's
 * own rate plays it as fast as the machine can, and leaves every sample as it is.
 */
export async function hearBuffer(starting: Starting, buffer: AudioBuffer): Promise<Started> {
  const { length, sampleRate } = buffer;
  checkSampleRate(sampleRate);
  const context = new OfflineAudioContext({ numberOfChannels: 1, length, sampleRate });
  const spotter = await starting.spotter(context, length);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(spotter.node);
  source.start();
  context.startRendering().catch(() => {});
  return { spotter, state: 'running' };
}
