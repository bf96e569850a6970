import type { DecisionConfig } from '../config.js';
import type { EarshotError } from '../errors.js';
import type { ModelFile } from '../model-file.js';
import { Ending } from './ending.js';
import type { Listener, ListenerState, ListenOptions } from './options.js';
import { prepare } from './prepare.js';
import { type SpotterNode, startSpotterNode } from './spotter-node.js';

/** What listening is made of while it starts. */
export interface Starting {
  readonly options: ListenOptions;
  readonly file: ModelFile;
  readonly ending: Ending;
  /** Ends listening, with an error or as it should. */
  readonly stop: (error?: EarshotError) => Promise<void>;
  /** Makes the spotter on the audio thread. `length`: samples after which the stream ends. */
  readonly spotter: (context: BaseAudioContext, length?: number) => Promise<SpotterNode>;
}

/** What is running once all has started. */
export interface Started {
  spotter: SpotterNode;
  state: ListenerState;
  /** Begins to watch the state; `tell` must be told of every change. */
  watch?: (tell: (state: ListenerState) => void) => void;
}

/**
 * Starts to listen. Whatever fails on the way, and an abort of `options.signal`, lets go of all that was taken before.
 * @param begin takes hold of the source, and says to `ending` how to let go of it
 */
export async function startListener(
  options: ListenOptions,
  begin: (starting: Starting) => Promise<Started>,
): Promise<Listener> {
  const file = prepare(options);
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
  const spotter = async (context: BaseAudioContext, length?: number) => {
    const onEnd = (error?: EarshotError) => void stop(error);
    const started = await startSpotterNode(context, {
      ...options,
      file,
      onEnd,
      ...(length !== undefined && { length }),
    });
    ending.onEnd(() => started.stop());
    return started;
  };
  try {
    const started = await Promise.race([begin({ options, file, ending, stop, spotter }), whenAborted(options.signal)]);
    listener = new RunningListener(options, file, ending, started, stop);
    return listener;
  } catch (error) {
    await ending.end();
    throw error;
  }
}

/** Rejects with the signal's reason; pending for ever without a signal. */
function whenAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

class RunningListener implements Listener {
  readonly sampleRate: number;
  readonly labels: readonly string[];
  readonly kernels: 'simd' | 'plain';
  readonly finished: Promise<void>;
  readonly #options: ListenOptions;
  readonly #spotter: SpotterNode;
  readonly #ending: Ending;
  readonly #stop: () => Promise<void>;
  #state: ListenerState;

  constructor(options: ListenOptions, file: ModelFile, ending: Ending, started: Started, stop: () => Promise<void>) {
    const { spotter, state, watch } = started;
    this.sampleRate = spotter.node.context.sampleRate;
    this.labels = file.config.labels;
    this.kernels = spotter.kernels;
    this.finished = ending.done;
    this.#options = options;
    this.#spotter = spotter;
    this.#ending = ending;
    this.#stop = stop;
    this.#state = ending.isOver ? 'stopped' : state;
    watch?.((changed) => this.tell(changed));
  }

  get state(): ListenerState {
    return this.#state;
  }

  get lostBlocks(): number {
    return this.#spotter.lostBlocks;
  }

  configure(decision: Partial<DecisionConfig>): void {
    if (!this.#ending.isOver) this.#spotter.configure(decision);
  }

  async stop(): Promise<void> {
    await this.#stop();
    await this.#ending.done;
  }

  /** The state is this now. */
  tell(state: ListenerState): void {
    if (state === this.#state || this.#state === 'stopped') return;
    this.#state = state;
    this.#options.onStateChange?.(state);
  }
}
