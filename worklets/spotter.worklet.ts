import { EarshotError } from '../src/errors.js';
import { buildModel } from '../src/model.js';
import { type Command, PROCESSOR_NAME, type ProcessorOptions, type Report } from '../src/worklet/protocol.js';
import { WorkletSpotter } from '../src/worklet/worklet-spotter.js';

const BLOCK_SAMPLES = 128;

/**
 * The whole engine on the audio thread. It listens once it has said `ready`, plays silence, fetches nothing, and never
 * lets an error out of `process`: it reports the error and ends.
 */
class SpotterProcessor extends AudioWorkletProcessor {
  #spotter: WorkletSpotter | undefined;
  #isOver = false;

  constructor({ processorOptions }: { processorOptions: ProcessorOptions }) {
    super();
    this.port.onmessage = ({ data }: MessageEvent<Command>) => this.#guard(() => this.#obey(data));
    this.#start(processorOptions).catch((error) => this.#fail(error));
  }

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    if (this.#isOver) return false;
    if (this.#spotter === undefined) return true;
    try {
      const length = outputs[0]?.[0]?.length ?? BLOCK_SAMPLES;
      this.#isOver = !this.#spotter.process(inputs[0], length, Number(currentFrame));
    } catch (error) {
      this.#fail(error);
    }
    return !this.#isOver;
  }

  async #start(options: ProcessorOptions): Promise<void> {
    const model = await buildModel(options.model, options.kernels ? { kernels: options.kernels } : {});
    const spotter = new WorkletSpotter(model, sampleRate, options, (report) => this.#post(report));
    this.#post({ type: 'ready', kernels: model.kernels.name, activationSizes: spotter.activationSizes });
    this.#spotter = spotter;
  }

  #obey(command: Command): void {
    if (command.type === 'stop') this.#isOver = true;
    else this.#spotter?.configure(command.decision);
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

registerProcessor(PROCESSOR_NAME, SpotterProcessor);
