import type { Model, SpotterPool } from 'earshot';
import { EngineStream } from './engine-stream.js';
import { giveOut, type OrderBatch, type OrderTaker } from './order-batch.js';
import type { Order, StreamSetup } from './orders.js';
import { type PackedReports, pack } from './packed-reports.js';
import type { Round } from './reports.js';

/** After so long a round ends, reports, and looks for new orders. */
const ROUND_MILLISECONDS = 10;

/** The streams of one thread. All that have a whole frame are stepped together, a pool for each model. */
export class Engine {
  readonly #pools = new Map<string, SpotterPool>();
  readonly #streams = new Map<number, EngineStream>();
  /** Those with something to do. */
  readonly #active = new Set<EngineStream>();
  readonly #taker: OrderTaker = {
    audio: (id, bytes) => this.#take(id, bytes),
    order: (order) => this.#obey(order),
  };

  constructor(models: ReadonlyMap<string, Model>) {
    for (const [name, model] of models) this.#pools.set(name, model.pool());
  }

  /** Whether there is something to do. */
  get hasWork(): boolean {
    return this.#active.size > 0;
  }

  accept(batch: OrderBatch): void {
    giveOut(batch, this.#taker);
  }

  /** Works for a while, or until there is nothing left to do. */
  work(): { reports: PackedReports; round: Round } {
    const start = performance.now();
    const heard = [...this.#active];
    const round: Round = { frames: 0, steps: 0, milliseconds: 0 };
    do {
      this.#step(round);
      round.milliseconds = performance.now() - start;
    } while (this.hasWork && round.milliseconds < ROUND_MILLISECONDS);
    const reports = pack(heard.map((stream) => stream.report()));
    for (const stream of heard) if (stream.isOver) this.#drop(stream);
    return { reports, round };
  }

  #step(round: Round): void {
    for (const stream of this.#active) this.#guard(stream, () => stream.feed());
    for (const pool of this.#pools.values()) {
      const stepped = pool.tick();
      round.frames += stepped;
      if (stepped > 0) round.steps++;
    }
    for (const stream of this.#active) {
      this.#guard(stream, () => stream.afterStep());
      if (stream.isIdle || stream.isOver) this.#active.delete(stream);
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

  #take(id: number, item: Parameters<EngineStream['take']>[0]): void {
    const stream = this.#streams.get(id);
    if (!stream) return;
    stream.take(item);
    this.#active.add(stream);
  }

  #obey(order: Order): void {
    switch (order.type) {
      case 'open':
        this.#open(order.id, order.setup);
        break;
      case 'command':
        this.#take(order.id, order.command);
        break;
      case 'watch':
        this.#streams.get(order.id)?.watch(order.frames);
    }
  }

  #open(id: number, setup: StreamSetup): void {
    const pool = this.#pools.get(setup.model);
    if (!pool) throw new Error(`This thread has no model ${setup.model}`);
    this.#streams.set(id, new EngineStream(id, pool, setup));
  }

  #drop(stream: EngineStream): void {
    stream.dispose();
    this.#streams.delete(stream.id);
  }
}
