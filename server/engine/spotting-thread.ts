import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Command, Order, OrderBatch, ReportBatch, StreamReport, StreamSetup, ThreadData } from './orders.js';

/** Receives what becomes of a stream. */
export interface StreamListener {
  report(report: StreamReport): void;
}

/** A stream in a spotting thread. Its methods only queue orders. */
export interface RemoteStream {
  /** Copies the bytes. */
  audio(bytes: Uint8Array): void;
  command(command: Command): void;
  /** Whether anybody but the producer wants its frames. */
  watch(frames: boolean): void;
  /** Ends it without a report. */
  drop(): void;
}

const FIRST_AUDIO_BYTES = 65536;

/** A worker thread that owns streams. Orders of one turn of the event loop travel together. */
export class SpottingThread {
  readonly #worker: Worker;
  readonly #listeners = new Map<number, StreamListener>();
  readonly #onRound: (batch: ReportBatch) => void;
  #orders: Order[] = [];
  #audio = new Uint8Array(FIRST_AUDIO_BYTES);
  #audioBytes = 0;
  #nextId = 1;

  private constructor(worker: Worker, onRound: (batch: ReportBatch) => void) {
    this.#worker = worker;
    this.#onRound = onRound;
  }

  /**
   * Starts a thread and loads its models.
   * @param onRound called after each round of work
   * @param onFault called when the thread has died; all its streams have got their last report then
   */
  static async start(
    data: ThreadData,
    onRound: (batch: ReportBatch) => void,
    onFault: (error: Error) => void,
  ): Promise<SpottingThread> {
    const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: data });
    await once(worker, 'message');
    const thread = new SpottingThread(worker, onRound);
    worker.on('message', (batch: ReportBatch) => thread.#receive(batch));
    worker.on('error', (error) => {
      thread.#failAll();
      onFault(error);
    });
    return thread;
  }

  /** Streams that are open. */
  get size(): number {
    return this.#listeners.size;
  }

  open(setup: StreamSetup, listener: StreamListener): RemoteStream {
    const id = this.#nextId++;
    this.#listeners.set(id, listener);
    this.#order({ type: 'open', id, setup });
    return {
      audio: (bytes) => this.#send(id, bytes),
      command: (command) => this.#order({ type: 'command', id, command }),
      watch: (frames) => this.#order({ type: 'watch', id, frames }),
      drop: () => {
        this.#listeners.delete(id);
        this.#order({ type: 'drop', id });
      },
    };
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #send(id: number, bytes: Uint8Array): void {
    const end = this.#audioBytes + bytes.length;
    if (end > this.#audio.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#audio.subarray(0, this.#audioBytes));
      this.#audio = larger;
    }
    this.#audio.set(bytes, this.#audioBytes);
    this.#audioBytes = end;
    this.#order({ type: 'audio', id, bytes: bytes.length });
  }

  #order(order: Order): void {
    if (this.#orders.length === 0) setImmediate(() => this.#post());
    this.#orders.push(order);
  }

  #post(): void {
    const audio = this.#audio.slice(0, this.#audioBytes);
    const batch: OrderBatch = { orders: this.#orders, audio };
    this.#orders = [];
    this.#audioBytes = 0;
    this.#worker.postMessage(batch, [audio.buffer]);
  }

  #receive(batch: ReportBatch): void {
    for (const report of batch.reports) {
      const listener = this.#listeners.get(report.id);
      if (report.outcome !== 'open') this.#listeners.delete(report.id);
      listener?.report(report);
    }
    this.#onRound(batch);
  }

  #failAll(): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    const nothing = { events: [], frames: 0, samples: 0, bytes: 0, commands: 0 };
    for (const [id, listener] of listeners) listener.report({ id, ...nothing, outcome: 'failed' });
  }
}
