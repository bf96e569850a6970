import { type DecisionConfig, reconfigured } from '../config.js';
import { EarshotError } from '../errors.js';
import type { ModelFile } from '../model-file.js';
import {
  type Command,
  PROCESSOR_NAME,
  type ProcessorOptions,
  type ReadyReport,
  type Report,
} from '../worklet/protocol.js';
import { ReportReader } from '../worklet/report-reader.js';
import type { ListenOptions } from './options.js';
import { workletUrl } from './worklet-url.js';

/** How a spotter on the audio thread came to its end; without an error after the last sample. */
type OnEnd = (error?: EarshotError) => void;

/** What one is made from. */
export interface SpotterNodeOptions extends ListenOptions {
  file: ModelFile;
  /** Samples after which the stream ends; endless without it. */
  length?: number;
  onEnd: OnEnd;
}

/**
 * A spotter on the audio thread of a context, ready to hear what is connected to `node`.
 * @throws EarshotError EARSHOT_WORKLET_FAILED, EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT
 */
export async function startSpotterNode(context: BaseAudioContext, options: SpotterNodeOptions): Promise<SpotterNode> {
  const url = options.workletUrl ?? workletUrl;
  await context.audioWorklet.addModule(url).catch((cause) => {
    const why = 'it is not there, is no script, or is forbidden by the page or by its own server';
    throw new EarshotError('EARSHOT_WORKLET_FAILED', `The worklet at ${url} cannot be loaded: ${why}`, { cause });
  });
  const node = new AudioWorkletNode(context, PROCESSOR_NAME, {
    outputChannelCount: [1],
    processorOptions: processorOptions(options),
  });
  // It plays silence; but some browsers run only what leads to the destination.
  node.connect(context.destination);
  return new SpotterNode(node, await whenReady(node), options);
}

function processorOptions(options: SpotterNodeOptions): ProcessorOptions {
  const { file, kernels, extractor, decision, onInspect, onSamples, length } = options;
  const wishes = { activations: onInspect !== undefined, samples: onSamples !== undefined };
  return { model: file, kernels, extractor, decision, length, ...wishes };
}

function whenReady(node: AudioWorkletNode): Promise<ReadyReport> {
  return new Promise((resolve, reject) => {
    node.onprocessorerror = () => reject(processorError());
    node.port.onmessage = ({ data }: MessageEvent<Report>) => {
      if (data.type === 'ready') resolve(data);
      else if (data.type === 'failed') reject(new EarshotError(data.code, data.message));
    };
  });
}

const processorError = () => new EarshotError('EARSHOT_WORKLET_FAILED', 'The worklet ended with an error');

/** The page's end of a spotter on the audio thread. */
export class SpotterNode {
  readonly node: AudioWorkletNode;
  readonly kernels: 'simd' | 'plain';
  readonly #reader: ReportReader;
  #config: ModelFile['config'];

  constructor(node: AudioWorkletNode, { kernels, activationSizes }: ReadyReport, options: SpotterNodeOptions) {
    this.node = node;
    this.kernels = kernels;
    this.#config = options.file.config;
    this.#reader = new ReportReader(this.#config, node.context.sampleRate, activationSizes, options);
    node.onprocessorerror = () => options.onEnd(processorError());
    node.port.onmessage = ({ data }: MessageEvent<Report>) => this.#reader.read(data);
  }

  /** Blocks so far that the browser left out. */
  get lostBlocks(): number {
    return this.#reader.lostBlocks;
  }

  /** @throws EarshotError EARSHOT_BAD_ARGUMENT */
  configure(decision: Partial<DecisionConfig>): void {
    this.#config = reconfigured(this.#config, decision);
    this.#tell({ type: 'configure', decision });
  }

  /** Ends the processor. Nothing is reported afterwards. */
  stop(): void {
    this.#tell({ type: 'stop' });
    this.node.port.onmessage = null;
    this.node.onprocessorerror = null;
    this.node.disconnect();
  }

  #tell(command: Command): void {
    this.node.port.postMessage(command);
  }
}
