import { type DecisionConfig, type ModelConfig, reconfigured, withDecision } from '../config.js';
import type { ModelFile } from '../model-file.js';
import {
  type Command,
  PROCESSOR_NAME,
  type ProcessorOptions,
  type ReadyReport,
  type Report,
} from '../worklet/protocol.js';
import { ReportReader } from '../worklet/report-reader.js';
import { processorError } from '../worklet/when-ready.js';
import type { Course, Ear } from './ear.js';
import type { ListenOptions } from './options.js';
import { startWorkletNode, stopWorkletNode } from './worklet-node.js';

/** What one is made from. */
export interface SpotterNodeOptions extends ListenOptions, Course {
  file: ModelFile;
}

/**
 * A spotter on the audio thread of a context, ready to hear what is connected to `node`.
 * @throws EarshotError EARSHOT_WORKLET_FAILED, EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT
 */
export async function startSpotterNode(context: BaseAudioContext, options: SpotterNodeOptions): Promise<Ear> {
  const config = withDecision(options.file.config, options.decision ?? {});
  const processing = processorOptions(options, config.decision);
  const [node, ready] = await startWorkletNode(context, PROCESSOR_NAME, processing, options.workletUrl);
  return new SpotterNode(node, ready, config, options);
}

/** @param decision plain, where the caller's own may be one that cannot be posted, such as a proxy */
function processorOptions(options: SpotterNodeOptions, decision: DecisionConfig): ProcessorOptions {
  const { file, kernels, extractor, onInspect, onSamples, length } = options;
  const wishes = { activations: onInspect !== undefined, samples: onSamples !== undefined };
  return { model: file, kernels, extractor, decision, length, ...wishes };
}

/** The page's end of a spotter on the audio thread. */
class SpotterNode implements Ear {
  readonly node: AudioWorkletNode;
  readonly kernels: 'simd' | 'plain';
  readonly isConnected = true;
  onConnectionChange = (): void => {};
  readonly #reader: ReportReader;
  #config: ModelConfig;

  constructor(node: AudioWorkletNode, ready: ReadyReport, config: ModelConfig, options: SpotterNodeOptions) {
    const { kernels, activationSizes } = ready;
    this.node = node;
    this.kernels = kernels;
    this.#config = config;
    this.#reader = new ReportReader(config, node.context.sampleRate, activationSizes, options);
    node.onprocessorerror = () => options.onEnd(processorError());
    node.port.onmessage = ({ data }: MessageEvent<Report>) => this.#reader.read(data);
  }

  /** Blocks so far that the browser left out. */
  get lostBlocks(): number {
    return this.#reader.lostBlocks;
  }

  get sampleRate(): number {
    return this.node.context.sampleRate;
  }

  get labels(): readonly string[] {
    return this.#config.labels;
  }

  /** @throws EarshotError EARSHOT_BAD_ARGUMENT */
  configure(decision: Partial<DecisionConfig>): void {
    this.#config = reconfigured(this.#config, decision);
    this.node.port.postMessage({ type: 'configure', decision: this.#config.decision } satisfies Command);
  }

  stop(): void {
    stopWorkletNode(this.node);
  }
}
