import type { ChannelOptions, SpotterSink } from '../channel.js';
import type { DecisionConfig } from '../config.js';
import { eventSink } from '../event-sink.js';
import type { Model } from '../model.js';
import type { Spotter } from '../spotter.js';
import type { Ear, TellEvent } from './ear.js';

/** Hears samples with a spotter on this thread. */
export class SpotterEar implements Ear {
  readonly #spotter: Spotter;
  readonly #events: SpotterSink;
  #isPushing = false;
  #isDisposed = false;

  /** @throws EarshotError EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT */
  constructor(model: Model, options: ChannelOptions & { sampleRate: number }, wantsFrames: boolean, tell: TellEvent) {
    this.#spotter = model.spotter(options);
    const { timeline, labels } = this.#spotter;
    this.#events = eventSink(timeline, labels, tell, wantsFrames);
  }

  samples(samples: Float32Array): void {
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
