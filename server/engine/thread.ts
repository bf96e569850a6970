import { parentPort, workerData } from 'node:worker_threads';
import { type Model, openModel } from 'earshot/node';
import { Engine } from './engine.js';
import type { OrderBatch } from './order-batch.js';
import type { ThreadData } from './orders.js';

// A spotting thread: carries out batches of orders, and reports after each round of work.

if (!parentPort) throw new Error('This is a worker thread');
const port = parentPort;
const { models } = workerData as ThreadData;
const loaded = new Map<string, Model>();
for (const [name, path] of models) loaded.set(name, await openModel(path));
const engine = new Engine(loaded);
let isScheduled = false;

port.on('message', (batch: OrderBatch) => {
  engine.accept(batch);
  if (!isScheduled) work();
});
port.postMessage('ready');

function work(): void {
  isScheduled = false;
  if (!engine.hasWork) return;
  const { reports, round } = engine.work();
  port.postMessage({ reports, round }, [reports.numbers.buffer, reports.bytes.buffer]);
  if (!engine.hasWork) return;
  isScheduled = true;
  setImmediate(work);
}
