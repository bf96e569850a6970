import { unlessAborted } from '../client/unless-aborted.js';
import type { DecisionConfig } from '../config.js';
import { checkOptions, type EarshotError } from '../errors.js';
import type { Ear } from './ear.js';
import { Ending } from './ending.js';
import type { Listener, ListenerState, ListenOptions, RemoteListenOptions } from './options.js';
import { prepare } from './prepare.js';

/** What listening is made of while it starts. */
export interface Starting {
  readonly options: ListenOptions | RemoteListenOptions;
  readonly ending: Ending;
  /** Ends listening, with an error or as it should. */
  readonly stop: (error?: EarshotError) => Promise<void>;
  /** Makes what hears. `length`: samples after which the stream ends. */
  readonly ear: (context: BaseAudioContext, length?: number) => Promise<Ear>;
}

/** What is running once all has started. */
export interface Started {
  ear: Ear;
  state: ListenerState;
  /** Begins to watch the state; `tell` must be told of every change. */
  watch?: (tell: (state: ListenerState) => void) => void;
}

const OPTIONS = [
  'model',
  'server',
  'onDetection',
  'onFrame',
  'onError',
  'onStateChange',
  'onInspect',
  'onSamples',
  'deviceId',
  'echoCancellation',
  'noiseSuppression',
  'autoGainControl',
  'extractor',
  'decision',
  'kernels',
  'workletUrl',
  'audioContext',
  'signal',
] satisfies (keyof ListenOptions | keyof RemoteListenOptions)[];

/**
 * Starts to listen. Whatever fails on the way, and an abort of `options.signal`, lets go of all that was taken before.
 * @param begin takes hold of the source, and says to `ending` how to let go of it
 */
export async function startListener(
  options: ListenOptions | RemoteListenOptions,
  begin: (starting: Starting) => Promise<Started>,
): Promise<Listener> {
  checkOptions('options', options, OPTIONS);
  const startEar = prepare(options);
  const ending = new Ending();
  let listener: RunningListener | undefined;
  const stop = async (error?: EarshotError) => {
    if (ending.isOver) return;
    const released = ending.end();
    listener?.tell('stopped');
    if (error) options.onError?.(error);
    await released;
  };
  options.signal?.addEventListener('abort', () => stop(), { signal: ending.signal });
  const onEnd = (error?: EarshotError) => void stop(error);
  const ear = async (context: BaseAudioContext, length?: number) => {
    const started = await startEar(context, { length, onEnd });
    ending.onEnd(() => started.stop());
    return started;
  };
  try {
    const started = await unlessAborted(begin({ options, ending, stop, ear }), options.signal);
    listener = new RunningListener(options, ending, started, stop);
    return listener;
  } catch (error) {
    await ending.end();
    throw error;
  }
}

class RunningListener implements Listener {
  readonly sampleRate: number;
  readonly labels: readonly string[];
  readonly kernels: 'simd' | 'plain';
  readonly finished: Promise<void>;
  readonly #onStateChange: ListenOptions['onStateChange'];
  readonly #ear: Ear;
  readonly #ending: Ending;
  readonly #stop: () => Promise<void>;
  #state: ListenerState;

  constructor(
    options: Pick<ListenOptions, 'onStateChange'>,
    ending: Ending,
    started: Started,
    stop: () => Promise<void>,
  ) {
    const { ear, state, watch } = started;
    this.sampleRate = ear.sampleRate;
    this.labels = ear.labels;
    this.kernels = ear.kernels;
    this.finished = ending.done;
    this.#onStateChange = options.onStateChange;
    this.#ear = ear;
    this.#ending = ending;
    this.#stop = stop;
    this.#state = ending.isOver ? 'stopped' : state;
    watch?.((changed) => this.tell(changed));
  }

  get state(): ListenerState {
    return this.#state;
  }

  get lostBlocks(): number {
    return this.#ear.lostBlocks;
  }

  configure(decision: Partial<DecisionConfig>): void {
    if (!this.#ending.isOver) this.#ear.configure(decision);
  }

  async stop(): Promise<void> {
    await this.#stop();
    await this.#ending.done;
  }

  /** The state is this now. */
  tell(state: ListenerState): void {
    if (state === this.#state || this.#state === 'stopped') return;
    this.#state = state;
    this.#onStateChange?.(state);
  }
}
