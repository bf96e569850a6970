import { eventSink, mixDown, PcmDecoder, type PoolStream, type SpotterEvent, type SpotterPool } from 'earshot';
import { fieldsOf } from '../protocol/server-messages.js';
import type { Command, EventKind, StreamChanges, StreamReport, StreamSetup } from './orders.js';

/**
 * One stream inside a spotting thread: decodes its bytes, keeps what the pool has no room for yet, and carries out
 * commands exactly where they stand in the audio.
 */
export class EngineStream {
  readonly #id: number;
  readonly #stream: PoolStream;
  readonly #decoder: PcmDecoder;
  readonly #frameEvery: number;
  readonly #inbox: (Uint8Array | Command)[] = [];
  #events: ReadonlySet<EventKind>;
  #labels: ReadonlySet<string> | undefined;
  #isWatched = false;
  #waiting: Float32Array | undefined;
  #ending: 'flush' | 'close' | undefined;
  #hasReported = false;
  #decodedSamples = 0;
  #trimmedBytes = 0;
  #commands = 0;
  #frames = 0;
  #reported: StreamReport['events'] = [];
  #leftover = 0;
  #outcome: StreamReport['outcome'] = 'open';
  #fault: string | undefined;

  constructor(id: number, pool: SpotterPool, setup: StreamSetup) {
    this.#id = id;
    this.#decoder = new PcmDecoder(setup.encoding, setup.channels);
    this.#frameEvery = setup.frameEvery;
    this.#events = new Set(setup.events);
    this.#stream = pool.open(
      {
        frame: (index, posteriors) => {
          this.#hasReported = true;
          this.#frames++;
          if (this.#wantsFrame(index)) events.frame(index, posteriors);
        },
        detection: (label, score, start, end) => events.detection(label, score, start, end),
      },
      { sampleRate: setup.sampleRate },
    );
    const events = eventSink(this.#stream.timeline, this.#stream.labels, (event) => this.#report(event));
  }

  /** Takes bytes or a command for its turn. */
  take(item: Uint8Array | Command): void {
    this.#inbox.push(item);
  }

  /** Whether anybody but the producer wants frames. */
  watch(frames: boolean): void {
    this.#isWatched = frames;
  }

  /** Readies as much as can be for the pool's next step. */
  feed(): void {
    while (this.#outcome === 'open' && this.#ending === undefined) {
      if (this.#waiting) {
        if (!this.#push(this.#waiting)) return;
        continue;
      }
      const [next] = this.#inbox;
      if (next === undefined) return;
      if (next instanceof Uint8Array) this.#decode(next);
      else if (this.#isBusy) return;
      else this.#carryOut(next);
      this.#inbox.shift();
    }
  }

  /** To be called before and after each step of the pool, so that the end of a flush is seen. */
  beforeStep(): void {
    this.#hasReported = false;
  }

  afterStep(): void {
    if (this.#hasReported || this.#ending === undefined) return;
    if (this.#ending === 'close') this.#outcome = 'closed';
    else this.#stream.reset();
    this.#ending = undefined;
    this.#end(this.#leftover);
  }

  /** Whether there is nothing to do before the next order. */
  get isIdle(): boolean {
    return this.#inbox.length === 0 && !this.#waiting && !this.#isBusy;
  }

  get isOver(): boolean {
    return this.#outcome !== 'open';
  }

  /** Gives the stream up because of a fault of ours. */
  fail(fault: unknown): void {
    this.#outcome = 'failed';
    this.#fault = fault instanceof Error ? fault.stack : String(fault);
  }

  /** All since the last report. */
  report(): StreamReport {
    const samples = this.#classifiedSamples;
    const report: StreamReport = {
      id: this.#id,
      events: this.#reported,
      frames: this.#frames,
      samples,
      bytes: samples * this.#decoder.frameBytes + this.#trimmedBytes,
      commands: this.#commands,
      outcome: this.#outcome,
      fault: this.#fault,
    };
    this.#reported = [];
    return report;
  }

  dispose(): void {
    this.#stream.dispose();
  }

  get #classifiedSamples(): number {
    return this.#decodedSamples - (this.#waiting?.length ?? 0) - this.#stream.queuedSamples;
  }

  get #isBusy(): boolean {
    return this.#stream.queuedSamples > 0 || this.#ending !== undefined;
  }

  #decode(bytes: Uint8Array): void {
    const samples = mixDown(this.#decoder.write(bytes));
    this.#decodedSamples += samples.length;
    if (samples.length > 0) this.#waiting = samples;
  }

  /** @returns whether the pool had room for all of them */
  #push(samples: Float32Array): boolean {
    const taken = this.#stream.push(samples);
    this.#waiting = taken < samples.length ? samples.subarray(taken) : undefined;
    return this.#waiting === undefined;
  }

  #carryOut(command: Command): void {
    switch (command.type) {
      case 'configure':
        this.#configure(command.changes);
        this.#commands++;
        return;
      case 'reset':
        this.#stream.reset();
        this.#end(this.#trim());
        return;
      case 'trim':
        this.#trim();
        return;
      default:
        this.#leftover = this.#trim();
        this.#stream.flush();
        this.#ending = command.type;
    }
  }

  #end(leftover: number): void {
    this.#commands++;
    this.#reported.push({ kind: 'end', samples: this.#classifiedSamples, commands: this.#commands, leftover });
  }

  #configure({ decision, labels, events }: StreamChanges): void {
    if (decision) this.#stream.configure(decision);
    if (labels) this.#labels = new Set(labels);
    if (events) this.#events = new Set(events);
  }

  #trim(): number {
    const bytes = this.#decoder.end();
    this.#trimmedBytes += bytes;
    return bytes;
  }

  #wantsFrame(index: number): boolean {
    return index % this.#frameEvery === 0 && (this.#isWatched || this.#events.has('frame'));
  }

  #report(event: SpotterEvent): void {
    const fields = fieldsOf(event);
    if (event.type === 'frame') this.#reported.push({ kind: 'frame', own: this.#events.has('frame'), fields });
    else this.#reported.push({ kind: 'detection', own: this.#ownsDetection(event.label), fields, label: event.label });
  }

  #ownsDetection(label: string): boolean {
    return this.#events.has('detection') && (this.#labels?.has(label) ?? true);
  }
}
