import { mixDown } from '../audio/pcm.js';
import type { ChannelOptions, SpotterSink } from '../channel.js';
import { eventSink } from '../event-sink.js';
import type { SpotterEvent } from '../events.js';
import { checkModel, type Model } from '../model.js';
import type { Spotter } from '../spotter.js';

/** How audio of several channels is to be heard. */
export interface PlanarOptions extends ChannelOptions {
  /** Of the samples that will be pushed; 1 or more. */
  channels: number;
  /** A spotter for each channel, and `channel` on each event, in place of one spotter for the channels' mean. */
  perChannel?: boolean | undefined;
  /** Whether to give events of frames, and not of detections only; true by default. */
  frames?: boolean | undefined;
}

/** Listens to audio of several channels: to their mean, or to each of them. */
export class PlanarSpotter {
  readonly #spotters: Spotter[] = [];
  readonly #perChannel: boolean;
  readonly #frames: boolean;

  /** @throws EarshotError EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT */
  constructor(model: Model, { channels, perChannel = false, frames = true, ...options }: PlanarOptions) {
    checkModel(model);
    this.#perChannel = perChannel;
    this.#frames = frames;
    const count = perChannel ? channels : 1;
    while (this.#spotters.length < count) this.#spotters.push(model.spotter(options));
  }

  /** Samples so far that were NaN, infinite or beyond ±1e9, and counted as 0. */
  get replacedSamples(): number {
    return this.#spotters.reduce((sum, spotter) => sum + spotter.replacedSamples, 0);
  }

  /** Takes one array a channel, all of one length; gives the events that they complete, in order of time. */
  push(planar: readonly Float32Array[]): SpotterEvent[] {
    if (!this.#perChannel) return this.#push(this.#spotters[0], mixDown(planar));
    return inOrder(this.#spotters.map((spotter, channel) => this.#push(spotter, planar[channel])));
  }

  /** Ends the stream: gives the events of what is still held back. */
  flush(): SpotterEvent[] {
    if (!this.#perChannel) return this.#flush(this.#spotters[0]);
    return inOrder(this.#spotters.map((spotter) => this.#flush(spotter)));
  }

  #push(spotter: Spotter, samples: Float32Array): SpotterEvent[] {
    return this.#collect(spotter, (sink) => spotter.push(samples, sink));
  }

  #flush(spotter: Spotter): SpotterEvent[] {
    return this.#collect(spotter, (sink) => spotter.flush(sink));
  }

  #collect({ timeline, labels }: Spotter, hear: (sink: SpotterSink) => void): SpotterEvent[] {
    const events: SpotterEvent[] = [];
    hear(eventSink(timeline, labels, (event) => events.push(event), this.#frames));
    return events;
  }

  /** Gives the memory back. */
  dispose(): void {
    for (const spotter of this.#spotters) spotter.dispose();
  }
}

/**
 * By time, then by channel: all channels complete the same frames in one push, so that the order does not depend on how
 * the audio was cut.
 */
function inOrder(byChannel: readonly SpotterEvent[][]): SpotterEvent[] {
  const events = byChannel.flatMap((ofOne, channel) => ofOne.map((event) => ({ ...event, channel })));
  return events.sort((a, b) => endOf(a) - endOf(b));
}

const endOf = (event: SpotterEvent): number => (event.type === 'frame' ? event.time : event.end);
