import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { startWorker } from '../start-worker.js';
import type { JobInput, JobName, JobOutput } from './jobs/index.js';
import type { WorkerStart, WorkerTask } from './worker.js';

interface Waiting {
  task: WorkerTask;
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

/** Threads that do jobs, each one job at a time, in the order in which they were asked for. */
export class WorkerPool {
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #waiting: Waiting[] = [];

  /** @param size how many threads, 1 or more */
  constructor(size: number, start: WorkerStart) {
    this.#workers = Array.from({ length: size }, () => startQuietly(start));
    this.#idle = [...this.#workers];
  }

  /** Does a job. Rejects with what the job threw. */
  run<N extends JobName>(name: N, input: JobInput<N>): Promise<JobOutput<N>> {
    const { promise, resolve, reject } = withResolvers<JobOutput<N>>();
    this.#waiting.push({ task: { name, input }, resolve: resolve as (output: unknown) => void, reject });
    this.#next();
    return promise;
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #next(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const worker = this.#idle.pop() as Worker;
      const { task, resolve, reject } = this.#waiting.shift() as Waiting;
      worker.postMessage(task);
      // A worker that failed has ended, and does not come back.
      once(worker, 'message').then(([output]) => {
        resolve(output);
        this.#idle.push(worker);
        this.#next();
      }, reject);
    }
  }
}

function startQuietly(start: WorkerStart): Worker {
  const worker = startWorker(new URL('./worker', import.meta.url), start);
  // Whoever waits for the worker hears of an error too; it must only not go unheard while nobody does.
  worker.on('error', () => {});
  return worker;
}

function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
