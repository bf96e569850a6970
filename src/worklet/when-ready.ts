import { EarshotError } from '../errors.js';
import type { ReadyReport, Report } from './protocol.js';

/** What is needed of an AudioWorkletNode, a browser's or node-web-audio-api's. */
interface ReportingNode {
  readonly port: { onmessage: ((event: never) => void) | null };
  onprocessorerror: ((event: never) => void) | null;
}

/**
 * Waits until a node's processor says that it works. Its handlers stay until the caller sets others.
 * @throws EarshotError EARSHOT_WORKLET_FAILED, or what the processor fails with
 */
export function whenReady(node: ReportingNode): Promise<ReadyReport> {
  return new Promise((resolve, reject) => {
    node.onprocessorerror = () => reject(processorError());
    node.port.onmessage = ({ data }: { data: Report }) => {
      if (data.type === 'ready') resolve(data);
      else if (data.type === 'failed') reject(new EarshotError(data.code, data.message));
    };
  });
}

/** For a processor that ended without a word. */
export const processorError = (): EarshotError =>
  new EarshotError('EARSHOT_WORKLET_FAILED', 'The worklet ended with an error');
