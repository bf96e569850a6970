import type {
  FrameInspection,
  Listener,
  ListenerState,
  ListenOptions,
  RemoteListenOptions,
  RemoteServer,
} from '../src/browser/index.js';
import type { DecisionConfig } from '../src/config.js';
import type { DetectionEvent, FrameEvent } from '../src/events.js';
import { microphone, type Source } from './sources.js';

/** `stopped` by the user or by what went wrong; `finished` where the source has come to its end. */
export type Phase = 'idle' | 'starting' | 'running' | 'suspended' | 'reconnecting' | 'stopped' | 'finished';

/** Whether something is being heard, or will be. */
export const isActive = (phase: Phase): boolean => !['idle', 'stopped', 'finished'].includes(phase);

export interface SessionHost {
  readonly model: Uint8Array;
  /** Who is to hear; undefined for the page itself. */
  server(): RemoteServer | undefined;
  /** Thresholds to begin with. */
  decision(): Partial<DecisionConfig>;
  phase(phase: Phase, source: Source): void;
  begin(sampleRate: number): void;
  samples(samples: Float32Array): void;
  /** Everything that the network held, where the page itself hears. */
  inspection(inspection: FrameInspection): void;
  /** What a server tells of a frame. */
  frame(frame: FrameEvent): void;
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
  #hasFailed = false;
  #source: Source = microphone('');
  #abort = new AbortController();

  constructor(host: SessionHost) {
    this.#host = host;
  }

  get isActive(): boolean {
    return isActive(this.#phase);
  }

  get source(): Source {
    return this.#source;
  }

  async hear(source: Source): Promise<void> {
    // At once: whoever chooses or stops while the one before is being ended is later than this.
    const ended = this.#end('stopped');
    const turn = this.#turn;
    this.#source = source;
    this.#abort = new AbortController();
    this.#hasFailed = false;
    this.#enter('starting');
    try {
      await ended;
      if (turn !== this.#turn) return;
      const listener = await source.start(this.#options(turn));
      if (turn !== this.#turn) return await listener.stop();
      this.#listener = listener;
      // The user may have changed it meanwhile.
      listener.configure(this.#host.decision());
      this.#host.begin(listener.sampleRate);
      this.#changed(listener.state);
      await listener.finished;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#enter('idle');
      this.#host.error(error);
    }
    if (turn === this.#turn) await this.#end(this.#hasFailed ? 'stopped' : 'finished');
  }

  /** Ends what is heard now, also while it is still being opened. */
  async stop(): Promise<void> {
    await this.#end('stopped');
  }

  async #end(phase: 'stopped' | 'finished'): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#turn++;
    this.#abort.abort();
    if (this.isActive) this.#enter(phase);
    await listener?.stop();
  }

  configure(decision: Partial<DecisionConfig>): void {
    this.#listener?.configure(decision);
  }

  #options(turn: number): ListenOptions | RemoteListenOptions {
    const host = this.#host;
    const server = host.server();
    const ifCurrent =
      <T>(tell: (value: T) => void) =>
      (value: T) => {
        if (turn === this.#turn) tell(value);
      };
    const common = {
      decision: host.decision(),
      signal: this.#abort.signal,
      workletUrl: new URL('spotter.worklet.js', document.baseURI).href,
      onSamples: ifCurrent((samples: Float32Array) => host.samples(samples)),
      onDetection: ifCurrent((detection: DetectionEvent) => host.detection(detection)),
      onError: ifCurrent((error: unknown) => {
        this.#hasFailed = true;
        host.error(error);
      }),
      onStateChange: ifCurrent((state: ListenerState) => this.#changed(state)),
    };
    if (server) return { ...common, server, onFrame: ifCurrent((frame) => host.frame(frame)) };
    return { ...common, model: host.model, onInspect: ifCurrent((inspection) => host.inspection(inspection)) };
  }

  /** How it has stopped is told once it has. */
  #changed(state: ListenerState): void {
    if (state !== 'stopped') this.#enter(state);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#host.phase(phase, this.#source);
  }
}
