import { checkSampleRate } from '../audio/rates.js';
import { withDecision } from '../config.js';
import { unexpected } from '../errors.js';
import { type ModelFile, readModelFile } from '../model-file.js';
import type { ListenOptions } from './options.js';
import { checkSupport } from './support.js';

/**
 * Everything that can be found wrong before a microphone or a file is touched.
 * @throws EarshotError EARSHOT_INSECURE_CONTEXT, EARSHOT_UNSUPPORTED, EARSHOT_BAD_ARGUMENT, EARSHOT_MODEL_DAMAGED,
 *   EARSHOT_MODEL_TOO_NEW; what `signal` was aborted with
 */
export function prepare(options: ListenOptions): ModelFile {
  options.signal?.throwIfAborted();
  checkSupport();
  const { model, decision = {}, audioContext } = options;
  if (!(model instanceof Uint8Array)) throw unexpected('EARSHOT_BAD_ARGUMENT', 'model', 'a Uint8Array', model);
  const file = readModelFile(model);
  withDecision(file.config, decision);
  if (audioContext) checkSampleRate(audioContext.sampleRate);
  return file;
}
