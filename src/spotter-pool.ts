import type { Samples } from './audio/pcm.js';
import { SampleQueue } from './audio/sample-queue.js';
import { Channel, type ChannelOptions, endedError, type Inspection, type SpotterSink } from './channel.js';
import type { DecisionConfig } from './config.js';
import type { Model } from './model.js';
import type { Timeline } from './timeline.js';

/** Audio that a stream may have waiting for the next ticks. */
const QUEUE_SECONDS = 2;

/**
 * Listens to many channels of audio at once. `push` only queues samples; each `tick` advances every stream that has a
 * whole frame by that frame, all of them together. A stream's results are the same to the last bit as a `Spotter`'s.
 */
export class SpotterPool {
  readonly #model: Model;
  /** Streams that may have a whole frame, in the order in which they got something to do. */
  readonly #busy: PoolStream[] = [];
  #size = 0;
  #slots = new Int32Array(16);

  /** Use `model.pool()`. */
  constructor(model: Model) {
    this.#model = model;
  }

  /** Streams that are open. */
  get size(): number {
    return this.#size;
  }

  /** Opens a stream whose results go to `sink`. @throws EarshotError EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT */
  open(sink: SpotterSink, options: ChannelOptions = {}): PoolStream {
    const stream = new PoolStream(this.#model, options, sink, this.#busy, () => this.#size--);
    if (this.#slots.length < ++this.#size) this.#slots = new Int32Array(2 * this.#slots.length);
    return stream;
  }

  /**
   * Steps each stream that has a whole frame by one frame.
   * @returns how many there were; 0 when nothing is left to do until the next `push`
   */
  tick(): number {
    const busy = this.#busy;
    let n = 0;
    for (let s = 0; s < busy.length; s++) {
      const stream = busy[s];
      if (!stream.advance()) continue;
      this.#slots[n] = stream.slot;
      busy[n++] = stream;
    }
    busy.length = n;
    this.#model.network.step(this.#slots, n);
    for (let s = 0; s < n; s++) busy[s].report();
    return n;
  }
}

/** One stream of a pool. */
export class PoolStream {
  readonly #channel: Channel;
  readonly #sink: SpotterSink;
  readonly #queue: SampleQueue;
  readonly #busy: PoolStream[];
  readonly #onDispose: () => void;
  #isBusy = false;
  /** A frame of this tick is still to be reported. */
  #isStepped = false;
  #flushing = false;
  /** Bound once, so that a tick allocates nothing. */
  readonly #take = (samples: number, count: number): number => this.#channel.write(samples, count);

  /**
   * Use `pool.open()`.
   * @param busy the pool's list of streams that have something to do
   */
  constructor(model: Model, options: ChannelOptions, sink: SpotterSink, busy: PoolStream[], onDispose: () => void) {
    this.#channel = new Channel(model, options);
    this.#sink = sink;
    this.#busy = busy;
    this.#queue = new SampleQueue(model.kernels, QUEUE_SECONDS * this.timeline.sampleRate);
    this.#onDispose = onDispose;
  }

  get slot(): number {
    return this.#channel.slot;
  }

  get labels(): readonly string[] {
    return this.#channel.labels;
  }

  get timeline(): Timeline {
    return this.#channel.timeline;
  }

  get replacedSamples(): number {
    return this.#channel.replacedSamples;
  }

  /** Samples that wait for the next ticks. */
  get queuedSamples(): number {
    return this.#queue.length;
  }

  /** How many more samples `push` would take. */
  get room(): number {
    return this.#queue.room;
  }

  /**
   * Queues samples for the next ticks: in [-1, 1], or integers of 16 bits.
   * @returns how many; fewer than given when two seconds are waiting already. Nothing is lost: offer the rest again
   * @throws EarshotError EARSHOT_ENDED, EARSHOT_DISPOSED, EARSHOT_BAD_ARGUMENT for no such array
   */
  push(samples: Samples): number {
    this.#channel.checkPush(samples);
    if (this.#flushing) throw endedError();
    this.#beBusy();
    return this.#queue.push(samples);
  }

  /** Ends the stream: the next ticks give what is queued and held back. Then `push` needs `reset`. */
  flush(): void {
    this.#channel.checkAlive();
    if (this.#channel.isEnded || this.#flushing) return;
    this.#flushing = true;
    this.#beBusy();
  }

  /** Forgets everything heard and queued. */
  reset(): void {
    this.#channel.reset();
    this.#forget();
  }

  /** As `Spotter.configure`. */
  configure(decision: Partial<DecisionConfig>): void {
    this.#channel.configure(decision);
  }

  /** All that the stream remembers of the samples that ticks have taken; queued ones are not in it. */
  snapshot(): Uint8Array<ArrayBuffer> {
    return this.#channel.snapshot();
  }

  /** As `Spotter.restore`; what is queued is dropped. */
  restore(snapshot: Uint8Array): void {
    this.#channel.restore(snapshot);
    this.#forget();
  }

  /** As `Spotter.inspect`. */
  inspect(): Inspection {
    return this.#channel.inspect();
  }

  /** Leaves the pool and gives the memory back. */
  dispose(): void {
    if (!this.#channel.isAlive) return;
    this.#forget();
    this.#queue.dispose();
    this.#channel.dispose();
    this.#onDispose();
  }

  /** Goes on to the next whole frame; if there is none, the pool strikes the stream off its list. For the pool. */
  advance(): boolean {
    this.#isStepped = this.#advance();
    return this.#isStepped;
  }

  #advance(): boolean {
    while (this.#queue.length > 0) {
      this.#queue.shift(this.#take);
      if (this.#channel.take()) return true;
    }
    while (this.#flushing) {
      if (!this.#channel.drain()) {
        this.#channel.end();
        this.#flushing = false;
      } else if (this.#channel.take()) return true;
    }
    this.#isBusy = false;
    return false;
  }

  /** Reports the frame that the pool has just stepped, unless a sink has reset or disposed of the stream meanwhile. For the pool. */
  report(): void {
    if (this.#isStepped) this.#channel.report(this.#sink);
  }

  /** Drops what was to be done. */
  #forget(): void {
    this.#queue.clear();
    this.#flushing = false;
    this.#isStepped = false;
  }

  #beBusy(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#busy.push(this);
  }
}
