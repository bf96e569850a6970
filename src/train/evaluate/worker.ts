import { parentPort, workerData } from 'node:worker_threads';
import { loadModel } from '../../model.js';
import type { Sound } from '../recordings/sound.js';
import type { JobContext } from './jobs/context.js';
import { JOBS, type JobInput, type JobName } from './jobs/index.js';

/** What a worker is started with. */
export interface WorkerStart {
  model: Uint8Array;
  seed: number;
  noises: readonly Sound[];
}

/** What it is sent. It answers each task with the job's output; an error ends it. */
export interface WorkerTask {
  name: JobName;
  input: JobInput<JobName>;
}

const { model: bytes, seed, noises } = workerData as WorkerStart;
// Not awaited here: Node 20 can crash where a thread is ended while its module still waits.
const context = loadModel(bytes).then((model): JobContext => ({ model, seed, noises }));

parentPort?.on('message', async ({ name, input }: WorkerTask) => {
  const job = JOBS[name] as (context: JobContext, input: JobInput<JobName>) => Promise<unknown>;
  parentPort?.postMessage(await job(await context, input));
});
