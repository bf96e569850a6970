import type { FrameInspection, Listener, ListenOptions } from '../src/browser/index.js';
import type { DecisionConfig } from '../src/config.js';
import type { DetectionEvent } from '../src/events.js';
import { microphone, type Source } from './sources.js';

export type Phase = 'idle' | 'starting' | 'running' | 'suspended' | 'stopped';

export interface SessionHost {
  readonly model: Uint8Array;
  /** Thresholds to begin with. */
  decision(): Partial<DecisionConfig>;
  phase(phase: Phase, source: Source): void;
  begin(sampleRate: number): void;
  samples(samples: Float32Array): void;
  frame(frame: FrameInspection): void;
  detection(detection: DetectionEvent): void;
  error(error: unknown): void;
}

/** Listens to one source at a time; a new one ends the one before. */
export class Session {
  readonly #host: SessionHost;
  #listener: Listener | undefined;
  /** Counts the sources, so that whatever an old one still says is not heard. */
  #turn = 0;
  #phase: Phase = 'idle';
  #source: Source = microphone('');
  #abort = new AbortController();

  constructor(host: SessionHost) {
    this.#host = host;
  }

  get isActive(): boolean {
    return this.#phase === 'starting' || this.#phase === 'running' || this.#phase === 'suspended';
  }

  get source(): Source {
    return this.#source;
  }

  async hear(source: Source): Promise<void> {
    await this.stop();
    const turn = ++this.#turn;
    this.#source = source;
    this.#abort = new AbortController();
    this.#enter('starting');
    try {
      const listener = await source.start(this.#options(turn));
      if (turn !== this.#turn) return await listener.stop();
      this.#listener = listener;
      this.#host.begin(listener.sampleRate);
      this.#enter(listener.state);
      await listener.finished;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#enter('idle');
      this.#host.error(error);
    }
    if (turn === this.#turn) await this.stop();
  }

  /** Ends what is heard now, also while it is still being opened. */
  async stop(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#turn++;
    this.#abort.abort();
    if (this.isActive) this.#enter('stopped');
    await listener?.stop();
  }

  configure(decision: Partial<DecisionConfig>): void {
    this.#listener?.configure(decision);
  }

  #options(turn: number): ListenOptions {
    const host = this.#host;
    const ifCurrent =
      <T>(tell: (value: T) => void) =>
      (value: T) => {
        if (turn === this.#turn) tell(value);
      };
    return {
      model: host.model,
      decision: host.decision(),
      signal: this.#abort.signal,
      workletUrl: new URL('spotter.worklet.js', document.baseURI).href,
      onSamples: ifCurrent((samples) => host.samples(samples)),
      onInspect: ifCurrent((frame) => host.frame(frame)),
      onDetection: ifCurrent((detection) => host.detection(detection)),
      onError: ifCurrent((error) => host.error(error)),
      onStateChange: ifCurrent((state) => this.#enter(state)),
    };
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#host.phase(phase, this.#source);
  }
}
