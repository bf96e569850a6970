import type { ChannelOptions, SpotterSink } from '../channel.js';
import type { DecisionConfig } from '../config.js';
import { eventSink } from '../event-sink.js';
import type { SpotterEvent } from '../events.js';
import type { Model } from '../model.js';
import type { Spotter } from '../spotter.js';
import { type Level, LevelMeter } from './level-meter.js';

/** What an ear is to tell. */
export interface EarSink {
  event(event: SpotterEvent): void;
  level(level: Level): void;
}

/** What is to be told besides detections. */
export interface EarWishes {
  frames: boolean;
  levels: boolean;
}

/** Hears samples with a spotter on this thread. */
export class SpotterEar {
  readonly #spotter: Spotter;
  readonly #events: SpotterSink;
  readonly #meter: LevelMeter | undefined;
  #isPushing = false;
  #isDisposed = false;

  /** @throws EarshotError EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT */
  constructor(model: Model, options: ChannelOptions & { sampleRate: number }, wishes: EarWishes, sink: EarSink) {
    this.#spotter = model.spotter(options);
    const { timeline, labels } = this.#spotter;
    this.#events = eventSink(timeline, labels, (event) => sink.event(event), wishes.frames);
    if (wishes.levels) this.#meter = new LevelMeter(options.sampleRate, (level) => sink.level(level));
  }

  samples(samples: Float32Array): void {
    this.#meter?.add(samples);
    if (this.#isDisposed) return;
    this.#isPushing = true;
    try {
      this.#spotter.push(samples, this.#events);
    } finally {
      this.#isPushing = false;
      if (this.#isDisposed) this.#spotter.dispose();
    }
  }

  configure(decision: Partial<DecisionConfig>): void {
    this.#spotter.configure(decision);
  }

  /** May be called by an event's receiver, in the midst of a push: then the spotter is needed to its end. */
  dispose(): void {
    this.#isDisposed = true;
    if (!this.#isPushing) this.#spotter.dispose();
  }
}
