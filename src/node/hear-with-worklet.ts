import { fileURLToPath } from 'node:url';
import { EarshotError } from '../errors.js';
import { PROCESSOR_NAME, type ProcessorOptions, type Report } from '../worklet/protocol.js';
import { processorError, whenReady } from '../worklet/when-ready.js';
import type { WebAudio } from './web-audio.js';

// Where this is not compiled, as in tests, the worklet is, because it is bundled.
const BUNDLE = import.meta.url.endsWith('.ts') ? '../../dist/browser/' : '../browser/';
/** The very file that browsers run. */
const WORKLET = fileURLToPath(new URL(`${BUNDLE}spotter.worklet.js`, import.meta.url));

/**
 * Hears a node of node-web-audio-api with the browser's worklet, on a thread of its own. Resolves once it listens; from
 * then on `tell` hears all that it reports.
 * @throws EarshotError EARSHOT_WORKLET_FAILED, EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT
 */
export async function hearWithWorklet(
  { AudioWorkletNode }: Pick<WebAudio, 'AudioWorkletNode'>,
  source: AudioNode,
  processorOptions: ProcessorOptions,
  tell: (report: Report) => void,
): Promise<AudioWorkletNode> {
  const { context } = source;
  await context.audioWorklet.addModule(WORKLET).catch((cause) => {
    throw new EarshotError('EARSHOT_WORKLET_FAILED', `The worklet ${WORKLET} cannot be loaded`, { cause });
  });
  const node = new AudioWorkletNode(context, PROCESSOR_NAME, { outputChannelCount: [1], processorOptions });
  await whenReady(node);
  node.port.onmessage = ({ data }: MessageEvent<Report>) => tell(data);
  node.onprocessorerror = () => {
    const { code, message } = processorError();
    tell({ type: 'failed', code, message });
  };
  source.connect(node);
  node.connect(context.destination);
  return node;
}
