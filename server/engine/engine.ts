import type { Model, SpotterPool } from 'earshot';
import { EngineStream } from './engine-stream.js';
import type { Order, OrderBatch, ReportBatch, StreamReport, StreamSetup } from './orders.js';

/** After so long a round ends, reports, and looks for new orders. */
const ROUND_MILLISECONDS = 10;

/** The streams of one thread. All that have a whole frame are stepped together, a pool for each model. */
export class Engine {
  readonly #pools = new Map<string, SpotterPool>();
  readonly #streams = new Map<number, EngineStream>();
  /** Those with something to do. */
  readonly #active = new Map<number, EngineStream>();
  #frames = 0;
  #steps = 0;

  constructor(models: ReadonlyMap<string, Model>) {
    for (const [name, model] of models) this.#pools.set(name, model.pool());
  }

  /** Streams that are open. */
  get size(): number {
    return this.#streams.size;
  }

  /** Whether there is work for a round. */
  get hasWork(): boolean {
    return this.#active.size > 0;
  }

  accept({ orders, audio }: OrderBatch): void {
    let at = 0;
    for (const order of orders) {
      if (order.type !== 'audio') {
        this.#obey(order);
        continue;
      }
      this.#take(order.id, audio.subarray(at, at + order.bytes));
      at += order.bytes;
    }
  }

  /** Works for a while, or until there is nothing left to do. */
  round(): ReportBatch {
    const start = performance.now();
    const heard = new Map(this.#active);
    this.#frames = 0;
    this.#steps = 0;
    while (this.#active.size > 0 && performance.now() - start < ROUND_MILLISECONDS) this.#step();
    const reports = [...heard].map(([id, stream]) => this.#reportOf(id, stream));
    return { reports, frames: this.#frames, steps: this.#steps, milliseconds: performance.now() - start };
  }

  #step(): void {
    for (const stream of this.#active.values()) {
      this.#guard(stream, () => stream.feed());
      stream.beforeStep();
    }
    for (const pool of this.#pools.values()) {
      const stepped = pool.tick();
      this.#frames += stepped;
      if (stepped > 0) this.#steps++;
    }
    for (const [id, stream] of this.#active) {
      this.#guard(stream, () => stream.afterStep());
      if (stream.isIdle || stream.isOver) this.#active.delete(id);
    }
  }

  /** A fault in one stream is no concern of the others. */
  #guard(stream: EngineStream, work: () => void): void {
    try {
      work();
    } catch (fault) {
      stream.fail(fault);
    }
  }

  #reportOf(id: number, stream: EngineStream): StreamReport {
    const report = stream.report();
    if (stream.isOver) this.#drop(id);
    return report;
  }

  #take(id: number, item: Parameters<EngineStream['take']>[0]): void {
    const stream = this.#streams.get(id);
    if (!stream) return;
    stream.take(item);
    this.#active.set(id, stream);
  }

  #obey(order: Exclude<Order, { type: 'audio' }>): void {
    switch (order.type) {
      case 'open':
        this.#open(order.id, order.setup);
        break;
      case 'command':
        this.#take(order.id, order.command);
        break;
      case 'watch':
        this.#streams.get(order.id)?.watch(order.frames);
        break;
      case 'drop':
        this.#drop(order.id);
    }
  }

  #open(id: number, setup: StreamSetup): void {
    const pool = this.#pools.get(setup.model);
    if (!pool) throw new Error(`This thread has no model ${setup.model}`);
    this.#streams.set(id, new EngineStream(id, pool, setup));
  }

  #drop(id: number): void {
    this.#streams.get(id)?.dispose();
    this.#streams.delete(id);
    this.#active.delete(id);
  }
}
