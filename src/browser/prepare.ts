import { checkSampleRate } from '../audio/rates.js';
import { withDecision } from '../config.js';
import { unexpected } from '../errors.js';
import { type ModelFile, readModelFile } from '../model-file.js';
import type { Course, Ear } from './ear.js';
import type { ListenOptions, RemoteListenOptions } from './options.js';
import { configurationOf, startRemoteEar } from './remote-ear.js';
import { startSpotterNode } from './spotter-node.js';
import { checkSupport } from './support.js';

/** Makes what hears in a context. */
type StartEar = (context: BaseAudioContext, course: Course) => Promise<Ear>;

/**
 * Finds everything that can be found wrong before a microphone or a file is touched.
 * @throws EarshotError EARSHOT_INSECURE_CONTEXT, EARSHOT_UNSUPPORTED, EARSHOT_BAD_ARGUMENT, EARSHOT_MODEL_DAMAGED,
 *   EARSHOT_MODEL_TOO_NEW; what `signal` was aborted with
 */
export function prepare(options: ListenOptions | RemoteListenOptions): StartEar {
  options.signal?.throwIfAborted();
  checkSupport();
  const { audioContext } = options;
  if (audioContext) checkSampleRate(audioContext.sampleRate);
  return isRemote(options) ? prepareServer(options) : prepareModel(options);
}

const isRemote = (options: ListenOptions | RemoteListenOptions): options is RemoteListenOptions =>
  'server' in options && options.server !== undefined;

function prepareModel(options: ListenOptions): StartEar {
  const { model, decision = {} } = options;
  const file: ModelFile = readModelFile(model);
  withDecision(file.config, decision);
  return (context, course) => startSpotterNode(context, { ...options, ...course, file });
}

function prepareServer(options: RemoteListenOptions): StartEar {
  const { model, onInspect, extractor }: Partial<ListenOptions> = options as Partial<ListenOptions>;
  for (const [name, value] of Object.entries({ model, onInspect, extractor })) {
    if (value !== undefined) throw unexpected('EARSHOT_BAD_ARGUMENT', name, 'left out with `server`', value);
  }
  configurationOf(options.decision);
  return (context, course) => startRemoteEar(context, { ...options, ...course });
}
