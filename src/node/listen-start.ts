import type { ChannelOptions } from '../channel.js';
import { type DecisionConfig, withDecision } from '../config.js';
import { checkOptions, type EarshotError } from '../errors.js';
import type { SpotterEvent } from '../events.js';
import { checkModel } from '../model.js';
import type { ProcessorOptions, Report } from '../worklet/protocol.js';
import type { Ear } from './ear.js';
import { LevelMeter } from './level-meter.js';
import type { Listener, ListenOptions } from './listen.js';
import type { Microphone, MicrophoneSink, Microphones } from './microphones.js';
import { SpotterEar } from './spotter-ear.js';
import { WorkletEar } from './worklet-ear.js';

const OPTIONS = [
  'model',
  'onDetection',
  'onFrame',
  'onLevel',
  'onError',
  'device',
  'worklet',
  'extractor',
  'decision',
  'signal',
] satisfies (keyof ListenOptions)[];

/** `listen` with microphones from anywhere. What can be found wrong without one is found before one is opened. */
export async function startListening(options: ListenOptions, microphones: Microphones): Promise<Listener> {
  checkOptions('options', options, OPTIONS);
  const { device, signal } = options;
  signal?.throwIfAborted();
  check(options);
  const listening = new Listening(options);
  try {
    listening.attach(await microphones.open({ device, worklet: workletOptions(options), signal }, listening));
  } catch (error) {
    listening.dispose();
    throw error;
  }
  if (signal?.aborted) await listening.finished;
  signal?.throwIfAborted();
  return listening;
}

/** Throws now what making a spotter would throw once the microphone is open. */
function check(options: ListenOptions): void {
  const { model } = options;
  checkModel(model);
  model.spotter(channelOptions(options)).dispose();
}

const channelOptions = ({ extractor, decision }: ListenOptions): ChannelOptions => ({
  ...(extractor && { extractor }),
  ...(decision && { decision }),
});

/** With a plain decision, where the caller's own may be one that cannot be sent, such as a proxy. */
function workletOptions({ worklet, model, extractor, decision = {} }: ListenOptions): ProcessorOptions | undefined {
  if (!worklet) return undefined;
  const { decision: plain } = withDecision(model.config, decision);
  return { model: model.file, extractor, decision: plain, activations: false, samples: false };
}

/** Stands between a microphone, an ear and the caller's callbacks, and ends all of them together. */
class Listening implements Listener, MicrophoneSink {
  readonly labels: readonly string[];
  readonly finished: Promise<void>;
  sampleRate = 0;
  readonly #options: ListenOptions;
  #ear: Ear | undefined;
  #meter: LevelMeter | undefined;
  #microphone: Microphone | undefined;
  #isOver = false;
  #finish!: () => void;

  constructor(options: ListenOptions) {
    this.labels = options.model.labels;
    this.#options = options;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => void this.stop();

  open(sampleRate: number): void {
    this.sampleRate = sampleRate;
    const { onLevel } = this.#options;
    if (onLevel) this.#meter = new LevelMeter(sampleRate, (level) => this.#isOver || onLevel(level));
    this.#ear = this.#earFor(sampleRate);
  }

  #earFor(sampleRate: number): Ear {
    const { model, worklet, decision = {}, onFrame } = this.#options;
    const wantsFrames = onFrame !== undefined;
    const tell = (event: SpotterEvent) => this.#tell(event);
    if (!worklet) return new SpotterEar(model, { ...channelOptions(this.#options), sampleRate }, wantsFrames, tell);
    return new WorkletEar(withDecision(model.config, decision), sampleRate, {
      wantsFrames,
      tell,
      end: (error) => this.end(error),
      command: (command) => this.#microphone?.command?.(command),
    });
  }

  /** From now on, what ends listening closes the microphone. */
  attach(microphone: Microphone): void {
    this.#microphone = microphone;
    if (this.#isOver) void this.#close();
  }

  samples(samples: Float32Array): void {
    if (this.#isOver) return;
    this.#meter?.add(samples);
    this.#ear?.samples?.(samples);
  }

  report(report: Report): void {
    this.#ear?.report?.(report);
  }

  #tell(event: SpotterEvent): void {
    if (this.#isOver) return;
    if (event.type === 'detection') this.#options.onDetection?.(event);
    else this.#options.onFrame?.(event);
  }

  end(error: EarshotError): void {
    if (this.#isOver) return;
    this.dispose();
    void this.#close();
    this.#options.onError?.(error);
  }

  configure(decision: Partial<DecisionConfig>): void {
    if (!this.#isOver) this.#ear?.configure(decision);
  }

  stop(): Promise<void> {
    if (!this.#isOver) {
      this.dispose();
      void this.#close();
    }
    return this.finished;
  }

  /** Calls nobody any more, and lets go of the ear. */
  dispose(): void {
    this.#isOver = true;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#ear?.dispose?.();
    this.#ear = undefined;
  }

  async #close(): Promise<void> {
    if (!this.#microphone) return;
    await this.#microphone.close();
    this.#finish();
  }
}
