import { Inbox } from './audio/inbox.js';
import type { Samples } from './audio/pcm.js';
import { Channel, type ChannelOptions, type Inspection, type SpotterSink } from './channel.js';
import type { DecisionConfig } from './config.js';
import { eventSink } from './event-sink.js';
import type { SpotterEvent } from './events.js';
import type { Model } from './model.js';
import type { Timeline } from './timeline.js';

/** More than a worklet hands over at once. */
const INBOX_SAMPLES = 4096;

/**
 * Listens to one channel of audio: front end, network, decisions, in that order and synchronously. However the samples
 * are split into buffers, the results are the same to the last bit.
 */
export class Spotter {
  readonly #model: Model;
  readonly #channel: Channel;
  readonly #inbox: Inbox;
  readonly #slots: Int32Array;
  /** Until the end is reached, or a sink turns back. */
  #flushing = false;

  /** Use `model.spotter()`. */
  constructor(model: Model, options: ChannelOptions) {
    this.#model = model;
    this.#channel = new Channel(model, options);
    this.#inbox = new Inbox(model.kernels, INBOX_SAMPLES);
    this.#slots = Int32Array.of(this.#channel.slot);
  }

  /** The names behind the posteriors, in order. */
  get labels(): readonly string[] {
    return this.#channel.labels;
  }

  /** What frames are in seconds and samples. */
  get timeline(): Timeline {
    return this.#channel.timeline;
  }

  /** Samples so far that were NaN, infinite or beyond ±1e9, and counted as 0. */
  get replacedSamples(): number {
    return this.#channel.replacedSamples;
  }

  /**
   * Takes the next samples of the stream, in [-1, 1] or as integers of 16 bits, at the spotter's sample rate, and gives
   * the events that they complete: a frame every hop, and detections.
   * @throws EarshotError EARSHOT_ENDED after `flush`, EARSHOT_DISPOSED, EARSHOT_BAD_ARGUMENT for no such array
   */
  push(samples: Samples): SpotterEvent[];
  /**
   * The same, told to a sink: allocates nothing where there are at most 4096 samples, and throws nothing but the misuse
   * named above.
   */
  push(samples: Samples, sink: SpotterSink): void;
  push(samples: Samples, sink?: SpotterSink): SpotterEvent[] | undefined {
    if (!sink) return this.#collect((collector) => this.push(samples, collector));
    this.#channel.checkPush(samples);
    for (let from = 0; from < samples.length && this.#channel.isAlive; ) {
      const count = this.#inbox.put(samples, from);
      this.#hear(count, sink);
      from += count;
    }
    return undefined;
  }

  /**
   * Ends the stream: gives the events of what is still held back, the last frame padded with silence. Then `push`
   * needs `reset` first. A second call gives nothing.
   * @throws EarshotError EARSHOT_DISPOSED
   */
  flush(): SpotterEvent[];
  flush(sink: SpotterSink): void;
  flush(sink?: SpotterSink): SpotterEvent[] | undefined {
    if (!sink) return this.#collect((collector) => this.flush(collector));
    this.#channel.checkAlive();
    if (this.#channel.isEnded) return undefined;
    this.#flushing = true;
    while (this.#flushing && this.#channel.isAlive) {
      if (!this.#channel.drain()) {
        this.#channel.end();
        this.#flushing = false;
      } else if (this.#channel.take()) this.#classify(sink);
    }
    return undefined;
  }

  /** Forgets everything heard; time starts again at 0. */
  reset(): void {
    this.#channel.reset();
    this.#flushing = false;
  }

  /**
   * Changes thresholds, refractory or minimum duration from the next frame on.
   * @throws EarshotError EARSHOT_BAD_ARGUMENT, EARSHOT_DISPOSED
   */
  configure(decision: Partial<DecisionConfig>): void {
    this.#channel.configure(decision);
  }

  /** All that the stream remembers, to go on later or elsewhere with the same model and sample rate. */
  snapshot(): Uint8Array<ArrayBuffer> {
    return this.#channel.snapshot();
  }

  /**
   * Goes on where a snapshot was taken, as if nothing had been between.
   * @throws EarshotError EARSHOT_SNAPSHOT_DAMAGED, EARSHOT_SNAPSHOT_TOO_NEW, EARSHOT_SNAPSHOT_MISMATCH
   */
  restore(snapshot: Uint8Array): void {
    this.#channel.restore(snapshot);
    this.#flushing = false;
  }

  /** What the network holds: features, posteriors, and of each recurrent layer hidden state, cell state and gates. */
  inspect(): Inspection {
    return this.#channel.inspect();
  }

  /** How many numbers `copyActivations` writes: the MFCCs, then the hidden state of each recurrent layer. */
  get activationSizes(): readonly number[] {
    return this.#channel.activationSizes;
  }

  /**
   * Writes MFCCs and hidden states as they are after the last frame to `out`, side by side from index `at` on. Allocates
   * nothing, so that a sink's `frame` may call it on the audio thread.
   * @throws EarshotError EARSHOT_DISPOSED
   */
  copyActivations(out: Float32Array, at: number): void {
    this.#channel.copyActivations(out, at);
  }

  /** Gives the memory of the stream back. */
  dispose(): void {
    if (!this.#channel.isAlive) return;
    this.#inbox.dispose();
    this.#channel.dispose();
  }

  #hear(count: number, sink: SpotterSink): void {
    for (let heard = 0; heard < count && this.#channel.isAlive; ) {
      heard += this.#channel.write(this.#inbox.address + heard * Float32Array.BYTES_PER_ELEMENT, count - heard);
      if (this.#channel.take()) this.#classify(sink);
    }
  }

  #classify(sink: SpotterSink): void {
    this.#model.network.step(this.#slots, 1);
    this.#channel.report(sink);
  }

  #collect(run: (sink: SpotterSink) => void): SpotterEvent[] {
    const events: SpotterEvent[] = [];
    run(eventSink(this.timeline, this.labels, (event) => events.push(event)));
    return events;
  }
}
