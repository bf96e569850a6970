import { EarshotError } from '../src/errors.js';
import { bestKernels } from '../src/kernels/best.js';
import { buildModel } from '../src/model.js';
import { PcmPacker } from '../src/worklet/pcm-packer.js';
import {
  type Command,
  PACKER_NAME,
  type PackerOptions,
  PROCESSOR_NAME,
  type ProcessorOptions,
  type ReadyReport,
  type Report,
} from '../src/worklet/protocol.js';
import { WorkletSpotter } from '../src/worklet/worklet-spotter.js';

const BLOCK_SAMPLES = 128;

/** What works inside a processor. */
interface Worker {
  process(channels: readonly Float32Array[] | undefined, length: number, currentFrame: number): boolean;
  configure?(decision: Extract<Command, { type: 'configure' }>['decision']): void;
}

/**
 * Hosts a worker on the audio thread. It works once it has said `ready`, plays silence, fetches nothing, and never lets
 * an error out of `process`: it reports the error and ends.
 */
abstract class Processor<Options> extends AudioWorkletProcessor {
  #worker: Worker | undefined;
  #isOver = false;

  constructor({ processorOptions }: { processorOptions: Options }) {
    super();
    this.port.onmessage = ({ data }: MessageEvent<Command>) => this.#guard(() => this.#obey(data));
    this.#start(processorOptions).catch((error) => this.#fail(error));
  }

  /** Makes the worker, which reports by `post`. */
  protected abstract start(options: Options, post: (report: Report) => void): Promise<[Worker, ReadyReport]>;

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    if (this.#isOver) return false;
    if (this.#worker === undefined) return true;
    try {
      const length = outputs[0]?.[0]?.length ?? BLOCK_SAMPLES;
      // In node-web-audio-api `currentFrame` is a BigInt.
      this.#isOver = !this.#worker.process(inputs[0], length, Number(currentFrame));
    } catch (error) {
      this.#fail(error);
    }
    return !this.#isOver;
  }

  async #start(options: Options): Promise<void> {
    const [worker, ready] = await this.start(options, (report) => this.#post(report));
    this.#post(ready);
    this.#worker = worker;
  }

  #obey(command: Command): void {
    if (command.type === 'stop') this.#isOver = true;
    else this.#worker?.configure?.(command.decision);
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#isOver = true;
    const message = error instanceof Error ? error.message : String(error);
    this.#post({
      type: 'failed',
      code: error instanceof EarshotError ? error.code : 'EARSHOT_WORKLET_FAILED',
      message,
    });
  }

  #post(report: Report): void {
    this.port.postMessage(report);
  }
}

/** The whole engine. */
class SpotterProcessor extends Processor<ProcessorOptions> {
  protected override async start(
    options: ProcessorOptions,
    post: (report: Report) => void,
  ): Promise<[Worker, ReadyReport]> {
    const model = await buildModel(options.model, options.kernels ? { kernels: options.kernels } : {});
    const spotter = new WorkletSpotter(model, sampleRate, options, post);
    return [spotter, { type: 'ready', kernels: model.kernels.name, activationSizes: spotter.activationSizes }];
  }
}

/** What a server needs: 16-bit samples at its rate. */
class PackerProcessor extends Processor<PackerOptions> {
  protected override async start(
    options: PackerOptions,
    post: (report: Report) => void,
  ): Promise<[Worker, ReadyReport]> {
    const kernels = await bestKernels(options.kernels);
    const packer = new PcmPacker(kernels, sampleRate, options, post);
    return [packer, { type: 'ready', kernels: kernels.name, activationSizes: [] }];
  }
}

registerProcessor(PROCESSOR_NAME, SpotterProcessor);
registerProcessor(PACKER_NAME, PackerProcessor);
