import {
  eventSink,
  type FrameEvent,
  PcmDecoder,
  type PoolStream,
  type SpotterEvent,
  type SpotterPool,
  type SpotterSink,
} from 'earshot';
import { frameRecord } from '../protocol/frame-record.js';
import { fieldsOf } from '../protocol/server-messages.js';
import type { Command, EventKind, StreamChanges, StreamSetup } from './orders.js';
import type { StreamReport } from './reports.js';

/** Audio of one turn, so that a stream with much of it does not keep others waiting. */
const TURN_SECONDS = 0.25;

/**
 * One stream inside a spotting thread: decodes its bytes as the pool has room for them, and carries out commands exactly
 * where they stand in the audio.
 */
export class EngineStream implements SpotterSink {
  readonly id: number;
  readonly #stream: PoolStream;
  readonly #decoder: PcmDecoder;
  readonly #setup: StreamSetup;
  readonly #inbox: (Uint8Array | Command)[] = [];
  readonly #sink: SpotterSink;
  #events: ReadonlySet<EventKind>;
  #labels: ReadonlySet<string> | undefined;
  #isWatched = false;
  #ending: 'flush' | 'close' | undefined;
  #hasReported = false;
  /** Samples that may still be taken in this turn. */
  #turnSamples = 0;
  #decodedSamples = 0;
  #trimmedBytes = 0;
  #commands = 0;
  #frames = 0;
  #reported: StreamReport['events'] = [];
  #leftover = 0;
  #outcome: StreamReport['outcome'] = 'open';
  #fault: string | undefined;

  constructor(id: number, pool: SpotterPool, setup: StreamSetup) {
    this.id = id;
    this.#setup = setup;
    this.#decoder = new PcmDecoder(setup.encoding, setup.channels);
    this.#events = new Set(setup.events);
    this.#stream = pool.open(this, { sampleRate: setup.sampleRate });
    this.#sink = eventSink(this.#stream.timeline, this.#stream.labels, (event) => this.#report(event));
  }

  /** Takes bytes or a command for its turn. */
  take(item: Uint8Array | Command): void {
    this.#inbox.push(item);
  }

  /** Whether anybody but the producer wants frames. */
  watch(frames: boolean): void {
    this.#isWatched = frames;
  }

  beginTurn(): void {
    this.#turnSamples = Math.ceil(TURN_SECONDS * this.#setup.sampleRate);
  }

  /** Readies as much as can be for the pool's next step. */
  feed(): void {
    this.#hasReported = false;
    while (this.#outcome === 'open' && this.#ending === undefined) {
      const [next] = this.#inbox;
      if (next === undefined) return;
      if (next instanceof Uint8Array) {
        const rest = this.#decode(next);
        if (rest.length > 0) {
          this.#inbox[0] = rest;
          return;
        }
      } else if (this.#isBusy) return;
      else this.#carryOut(next);
      this.#inbox.shift();
    }
  }

  /** To be called after each step of the pool, so that the end of a flush is seen. */
  afterStep(): void {
    if (this.#hasReported || this.#ending === undefined) return;
    if (this.#ending === 'close') this.#outcome = 'closed';
    else this.#stream.reset();
    this.#ending = undefined;
    this.#end(this.#leftover);
  }

  frame(index: number, posteriors: Float32Array): void {
    this.#hasReported = true;
    this.#frames++;
    const isWanted = this.#isWatched || this.#events.has('frame');
    if (isWanted && index % this.#setup.frameEvery === 0) this.#sink.frame(index, posteriors);
  }

  detection(label: number, score: number, startFrame: number, endFrame: number): void {
    this.#sink.detection(label, score, startFrame, endFrame);
  }

  /** Whether there is nothing to do in this turn. */
  get isResting(): boolean {
    return this.isOver || (!this.#isBusy && (this.#inbox.length === 0 || this.#turnSamples === 0));
  }

  /** Whether there is nothing to do before the next order. */
  get isIdle(): boolean {
    return this.#inbox.length === 0 && !this.#isBusy;
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
      id: this.id,
      events: this.#reported,
      frames: this.#frames,
      samples,
      bytes: samples * this.#decoder.frameBytes + this.#trimmedBytes,
      commands: this.#commands,
      outcome: this.#outcome,
      ...(this.#fault !== undefined && { fault: this.#fault }),
    };
    this.#reported = [];
    return report;
  }

  dispose(): void {
    this.#stream.dispose();
  }

  get #classifiedSamples(): number {
    return this.#decodedSamples - this.#stream.queuedSamples;
  }

  get #isBusy(): boolean {
    return this.#stream.queuedSamples > 0 || this.#ending !== undefined;
  }

  /** Decodes what the pool has room for in this turn. @returns the rest */
  #decode(bytes: Uint8Array): Uint8Array {
    const most = Math.min(this.#stream.room, this.#turnSamples);
    const fitting = bytes.subarray(0, most * this.#decoder.frameBytes);
    const samples = this.#decoder.writeMono(fitting);
    this.#turnSamples -= samples.length;
    this.#decodedSamples += samples.length;
    this.#stream.push(samples);
    return bytes.subarray(fitting.length);
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

  #report(event: SpotterEvent): void {
    if (event.type === 'frame') this.#reportFrame(event);
    else {
      const own = this.#ownsDetection(event.label);
      this.#reported.push({ kind: 'detection', own, fields: fieldsOf(event), label: event.label });
    }
  }

  #reportFrame(event: FrameEvent): void {
    const own = this.#events.has('frame');
    const isBinary = own && this.#setup.frameFormat === 'binary';
    const fields = isBinary && !this.#isWatched ? '' : fieldsOf(event);
    this.#reported.push({ kind: 'frame', own, fields, ...(isBinary && { record: frameRecord(event) }) });
  }

  #ownsDetection(label: string): boolean {
    return this.#events.has('detection') && (this.#labels?.has(label) ?? true);
  }
}
