import { parentPort, workerData } from 'node:worker_threads';
import { type Model, openModel } from 'earshot/node';
import { Engine } from './engine.js';
import type { OrderBatch } from './order-batch.js';
import type { ThreadData } from './orders.js';

// A spotting thread: carries out batches of orders, and reports after each round of work.

if (!parentPort) throw new Error('This is a worker thread');
const port = parentPort;
// Not awaited here: Node 20 can crash where a thread is ended while its module still waits.
void start(workerData as ThreadData);

async function start({ models }: ThreadData): Promise<void> {
  const loaded = new Map<string, Model>();
  for (const [name, path] of models) loaded.set(name, await openModel(path));
  const engine = new Engine(loaded);
  let isScheduled = false;

  const work = (): void => {
    isScheduled = false;
    if (!engine.hasWork) return;
    const { reports, round } = engine.work();
    port.postMessage({ reports, round }, [reports.numbers.buffer, reports.bytes.buffer]);
    if (!engine.hasWork) return;
    isScheduled = true;
    setImmediate(work);
  };
  port.on('message', (batch: OrderBatch) => {
    engine.accept(batch);
    if (!isScheduled) work();
  });
  port.postMessage('ready');
}
