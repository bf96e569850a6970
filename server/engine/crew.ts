import type { StreamSetup, ThreadData } from './orders.js';
import type { Round } from './reports.js';
import { type RemoteStream, SpottingThread, type StreamListener } from './spotting-thread.js';

/** Before a thread is replaced for which no other could be started; twice as long each time. */
const FIRST_PAUSE_MILLISECONDS = 1000;
const LONGEST_PAUSE_MILLISECONDS = 30_000;

/** The spotting threads of a server. A new stream goes to the one with the fewest; one that dies is replaced. */
export class Crew {
  readonly #data: ThreadData;
  readonly #onRound: (round: Round) => void;
  readonly #onFault: (error: Error) => void;
  readonly #threads: SpottingThread[] = [];
  readonly #hiring = new Set<Promise<void>>();
  #isStopped = false;

  private constructor(data: ThreadData, onRound: (round: Round) => void, onFault: (error: Error) => void) {
    this.#data = data;
    this.#onRound = onRound;
    this.#onFault = onFault;
  }

  static async start(
    data: ThreadData,
    workers: number,
    onRound: (round: Round) => void,
    onFault: (error: Error) => void,
  ): Promise<Crew> {
    const crew = new Crew(data, onRound, onFault);
    try {
      await Promise.all(Array.from({ length: workers }, () => crew.#hire()));
    } catch (error) {
      await crew.stop();
      throw error;
    }
    return crew;
  }

  /** Threads that run; none for a moment after all of them have died. */
  get size(): number {
    return this.#threads.length;
  }

  /** @returns undefined when no thread runs */
  open(setup: StreamSetup, listener: StreamListener): RemoteStream | undefined {
    const [first, ...others] = this.#threads;
    if (!first) return undefined;
    return others.reduce((least, thread) => (thread.size < least.size ? thread : least), first).open(setup, listener);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.allSettled([...this.#threads.map((thread) => thread.stop()), ...this.#hiring]);
  }

  /** Tries until a thread starts: a model may be missing while it is being exchanged. */
  #replace(pauseMilliseconds = FIRST_PAUSE_MILLISECONDS): void {
    if (this.#isStopped) return;
    this.#hire().catch((error) => {
      this.#onFault(error);
      const next = Math.min(2 * pauseMilliseconds, LONGEST_PAUSE_MILLISECONDS);
      setTimeout(() => this.#replace(next), pauseMilliseconds).unref();
    });
  }

  #hire(): Promise<void> {
    const hiring = this.#begin().finally(() => this.#hiring.delete(hiring));
    this.#hiring.add(hiring);
    return hiring;
  }

  async #begin(): Promise<void> {
    const thread = await SpottingThread.start(this.#data, this.#onRound, (error) => {
      this.#threads.splice(this.#threads.indexOf(thread), 1);
      this.#onFault(error);
      this.#replace();
    });
    if (this.#isStopped) await thread.stop();
    else this.#threads.push(thread);
  }
}
