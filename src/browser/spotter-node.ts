import { type DecisionConfig, reconfigured } from '../config.js';
import { EarshotError } from '../errors.js';
import { eventSink } from '../event-sink.js';
import type { FrameEvent } from '../events.js';
import type { ModelFile } from '../model-file.js';
import { Timeline } from '../timeline.js';
import {
  type Command,
  type FramesReport,
  PROCESSOR_NAME,
  type ProcessorOptions,
  type ReadyReport,
  type Report,
} from '../worklet/protocol.js';
import type { Ear } from './ear.js';
import type { ListenOptions } from './options.js';
import { processorError, startWorkletNode } from './worklet-node.js';

/** What one is made from. */
export interface SpotterNodeOptions extends ListenOptions {
  file: ModelFile;
  /** Samples after which the stream ends; endless without it. */
  length?: number | undefined;
  /** How it came to its end; without an error after the last sample. */
  onEnd: (error?: EarshotError) => void;
}

/**
 * A spotter on the audio thread of a context, ready to hear what is connected to `node`.
 * @throws EarshotError EARSHOT_WORKLET_FAILED, EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT
 */
export async function startSpotterNode(context: BaseAudioContext, options: SpotterNodeOptions): Promise<SpotterNode> {
  const [node, ready] = await startWorkletNode(context, PROCESSOR_NAME, processorOptions(options), options.workletUrl);
  return new SpotterNode(node, ready, options);
}

function processorOptions(options: SpotterNodeOptions): ProcessorOptions {
  const { file, kernels, extractor, decision, onInspect, onSamples, length } = options;
  const wishes = { activations: onInspect !== undefined, samples: onSamples !== undefined };
  return { model: file, kernels, extractor, decision, length, ...wishes };
}

/** The page's end of a spotter on the audio thread: turns its reports into events. */
export class SpotterNode implements Ear {
  readonly node: AudioWorkletNode;
  readonly kernels: 'simd' | 'plain';
  lostBlocks = 0;
  readonly isConnected = true;
  onConnectionChange = (): void => {};
  readonly #options: SpotterNodeOptions;
  readonly #sizes: readonly number[];
  readonly #sink: ReturnType<typeof eventSink>;
  #config: ModelFile['config'];

  constructor(node: AudioWorkletNode, { kernels, activationSizes }: ReadyReport, options: SpotterNodeOptions) {
    this.node = node;
    this.kernels = kernels;
    this.#options = options;
    this.#sizes = activationSizes;
    this.#config = options.file.config;
    const timeline = new Timeline(this.#config, node.context.sampleRate);
    this.#sink = eventSink(timeline, this.#config.labels, (event) => {
      if (event.type === 'detection') options.onDetection?.(event);
      else this.#frame(event);
    });
    node.onprocessorerror = () => options.onEnd(processorError());
    node.port.onmessage = ({ data }: MessageEvent<Report>) => this.#hear(data);
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

  #hear(report: Report): void {
    switch (report.type) {
      case 'frames':
        this.lostBlocks = report.lostBlocks;
        this.#frames(report);
        break;
      case 'detection':
        this.#sink.detection(report.label, report.score, report.startFrame, report.endFrame);
        break;
      case 'samples':
        this.#options.onSamples?.(report.values);
        break;
      case 'finished':
        this.#options.onEnd();
        break;
      case 'failed':
        this.#options.onEnd(new EarshotError(report.code, report.message));
        break;
    }
  }

  #frames({ first, count, values }: FramesReport): void {
    const { onFrame, onInspect } = this.#options;
    if (!onFrame && !onInspect) return;
    const labels = this.#config.labels.length;
    const width = onInspect ? this.#sizes.reduce((sum, size) => sum + size, labels) : labels;
    for (let k = 0; k < count; k++) {
      this.#row = values.subarray(k * width, (k + 1) * width);
      this.#sink.frame(first + k, this.#row.subarray(0, labels));
    }
  }

  /** Of the frame that is being told. */
  #row: Float32Array = new Float32Array();

  #frame(event: FrameEvent): void {
    const { onFrame, onInspect } = this.#options;
    onFrame?.(event);
    if (!onInspect) return;
    const { index, time, posteriors } = event;
    const [features, ...hidden] = this.#activations(posteriors.length);
    onInspect({ index, time, features, hidden, posteriors });
  }

  #activations(from: number): Float32Array[] {
    let at = from;
    return this.#sizes.map((size) => {
      at += size;
      return this.#row.slice(at - size, at);
    });
  }
}
