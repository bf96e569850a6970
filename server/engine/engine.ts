import type { Model, SpotterPool } from 'earshot';
import { EngineStream } from './engine-stream.js';
import { giveOut, type OrderBatch, type OrderTaker } from './order-batch.js';
import type { Order, StreamSetup } from './orders.js';
import { type PackedReports, pack } from './packed-reports.js';
import type { Round } from './reports.js';

/**
 * Streams of a round: enough to share a look at the weights, few enough for what they remember to stay in the processor's
 * cache from one frame to the next.
 */
const ROUND_STREAMS = 32;

/** The streams of one thread. All that have a whole frame are stepped together, a pool for each model. */
export class Engine {
  readonly #pools = new Map<string, SpotterPool>();
  readonly #streams = new Map<number, EngineStream>();
  /** Those with something to do; who waits longest comes first. */
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

  /** One turn of those that wait longest. */
  work(): { reports: PackedReports; round: Round } {
    const start = performance.now();
    const streams = this.#next();
    const round: Round = { frames: 0, steps: 0, milliseconds: 0 };
    for (const stream of streams) stream.beginTurn();
    while (streams.some((stream) => !stream.isResting)) this.#step(streams, round);
    round.milliseconds = performance.now() - start;
    const reports = pack(streams.map((stream) => stream.report()));
    for (const stream of streams) this.#putBack(stream);
    return { reports, round };
  }

  /** Takes those whose turn it is out of the line. */
  #next(): EngineStream[] {
    const streams: EngineStream[] = [];
    for (const stream of this.#active) {
      if (streams.length === ROUND_STREAMS) break;
      streams.push(stream);
      this.#active.delete(stream);
    }
    return streams;
  }

  #putBack(stream: EngineStream): void {
    if (stream.isOver) this.#drop(stream);
    else if (!stream.isIdle) this.#active.add(stream);
  }

  #step(streams: readonly EngineStream[], round: Round): void {
    for (const stream of streams) this.#guard(stream, () => stream.feed());
    for (const pool of this.#pools.values()) {
      const stepped = pool.tick();
      round.frames += stepped;
      if (stepped > 0) round.steps++;
    }
    for (const stream of streams) this.#guard(stream, () => stream.afterStep());
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
