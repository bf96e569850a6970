import type { Worker } from 'node:worker_threads';
import { startWorker } from './start-worker.js';
import type { EpochTask, WorkerReport, WorkerStart } from './worker.js';

export type StepReport = Extract<WorkerReport, { type: 'step' }>;
export type EpochReport = Extract<WorkerReport, { type: 'epoch' }>;

/** The worker threads of a run. */
export class Crew {
  readonly #workers: Worker[];

  constructor(starts: readonly WorkerStart[]) {
    this.#workers = starts.map((start) => startWorker(new URL('./worker', import.meta.url), start));
  }

  /**
   * One epoch by all workers together.
   * @returns their reports, in their order
   */
  epoch(task: EpochTask, onStep: (report: StepReport) => void): Promise<EpochReport[]> {
    return Promise.all(
      this.#workers.map(
        (worker) =>
          new Promise<EpochReport>((resolve, reject) => {
            const onMessage = (report: WorkerReport) => {
              if (report.type === 'step') {
                try {
                  onStep(report);
                } catch (error) {
                  reject(error);
                }
                return;
              }
              worker.off('message', onMessage);
              worker.off('error', reject);
              resolve(report);
            };
            worker.on('message', onMessage);
            worker.on('error', reject);
            worker.postMessage(task);
          }),
      ),
    );
  }

  /** Ends all threads at once, whatever they do. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
