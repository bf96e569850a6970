import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { OrderCollector } from './order-batch.js';
import type { Command, Order, StreamSetup, ThreadData } from './orders.js';
import { type PackedReports, unpack } from './packed-reports.js';
import type { Round, StreamReport } from './reports.js';

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
}

/**
 * What several streams ask for within so long travels and is worked on together, so that each look at the weights and
 * each wake-up of a thread serves many of them: the more streams there are, the longer. A lone stream does not wait.
 */
const MOST_GATHER_MILLISECONDS = 10;
const STREAMS_PER_GATHER_MILLISECOND = 25;

/** A worker thread that owns streams. */
export class SpottingThread {
  readonly #worker: Worker;
  readonly #listeners = new Map<number, StreamListener>();
  readonly #orders = new OrderCollector();
  #nextId = 1;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /**
   * Starts a thread and loads its models.
   * @param onRound called after each round of work
   * @param onFault called when the thread has died; all its streams have got their last report then
   */
  static async start(
    data: ThreadData,
    onRound: (round: Round) => void,
    onFault: (error: Error) => void,
  ): Promise<SpottingThread> {
    const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: data });
    await once(worker, 'message');
    const thread = new SpottingThread(worker);
    worker.on('message', ({ reports, round }: { reports: PackedReports; round: Round }) => {
      for (const report of unpack(reports)) thread.#receive(report);
      onRound(round);
    });
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
    const order = (what: Order) => {
      this.#schedule();
      this.#orders.add(what);
    };
    order({ type: 'open', id, setup });
    return {
      audio: (bytes) => {
        this.#schedule();
        this.#orders.addAudio(id, bytes);
      },
      command: (command) => order({ type: 'command', id, command }),
      watch: (frames) => order({ type: 'watch', id, frames }),
    };
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Sees to it that what will be collected is sent. To be called before it is. */
  #schedule(): void {
    if (!this.#orders.isEmpty) return;
    const post = () => {
      const batch = this.#orders.take();
      this.#worker.postMessage(batch, [batch.audio.buffer, batch.sequence.buffer]);
    };
    if (this.size > 1) setTimeout(post, this.#gatherMilliseconds);
    else setImmediate(post);
  }

  get #gatherMilliseconds(): number {
    return Math.min(MOST_GATHER_MILLISECONDS, this.size / STREAMS_PER_GATHER_MILLISECOND);
  }

  #receive(report: StreamReport): void {
    const listener = this.#listeners.get(report.id);
    if (report.outcome !== 'open') this.#listeners.delete(report.id);
    listener?.report(report);
  }

  #failAll(): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    const nothing = { events: [], frames: 0, samples: 0, bytes: 0, commands: 0 };
    for (const [id, listener] of listeners) listener.report({ id, ...nothing, outcome: 'failed' });
  }
}
