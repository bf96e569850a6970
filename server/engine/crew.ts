import type { StreamSetup, ThreadData } from './orders.js';
import type { Round } from './reports.js';
import { type RemoteStream, SpottingThread, type StreamListener } from './spotting-thread.js';

/** The spotting threads of a server. A new stream goes to the one with the fewest; one that dies is replaced. */
export class Crew {
  readonly #data: ThreadData;
  readonly #onRound: (round: Round) => void;
  readonly #onFault: (error: Error) => void;
  readonly #threads: SpottingThread[] = [];
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
    await Promise.all(Array.from({ length: workers }, () => crew.#hire()));
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
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  async #hire(): Promise<void> {
    const thread = await SpottingThread.start(this.#data, this.#onRound, (error) => {
      this.#threads.splice(this.#threads.indexOf(thread), 1);
      this.#onFault(error);
      if (!this.#isStopped) this.#hire().catch(this.#onFault);
    });
    this.#threads.push(thread);
  }
}
