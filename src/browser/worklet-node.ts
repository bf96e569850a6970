import { EarshotError } from '../errors.js';
import type { Command, ReadyReport } from '../worklet/protocol.js';
import { whenReady } from '../worklet/when-ready.js';
import { workletUrl } from './worklet-url.js';

/**
 * One of the worklet's processors in a context, ready for what is connected to it.
 * @throws EarshotError EARSHOT_WORKLET_FAILED, or what the processor fails with
 */
export async function startWorkletNode(
  context: BaseAudioContext,
  name: string,
  processorOptions: object,
  url: string | URL = workletUrl,
): Promise<[AudioWorkletNode, ReadyReport]> {
  await context.audioWorklet.addModule(url).catch((cause) => {
    const why = 'it is not there, is no script, or is forbidden by the page or by its own server';
    throw new EarshotError('EARSHOT_WORKLET_FAILED', `The worklet at ${url} cannot be loaded: ${why}`, { cause });
  });
  const node = new AudioWorkletNode(context, name, { outputChannelCount: [1], processorOptions });
  // It plays silence; but some browsers run only what leads to the destination.
  node.connect(context.destination);
  return [node, await whenReady(node)];
}

/** Ends the processor. Nothing is reported afterwards. */
export function stopWorkletNode(node: AudioWorkletNode): void {
  node.port.postMessage({ type: 'stop' } satisfies Command);
  node.port.onmessage = null;
  node.onprocessorerror = null;
  node.disconnect();
}
