import { parentPort, workerData } from 'node:worker_threads';
import { type Model, openModel } from 'earshot/node';
import { Engine } from './engine.js';
import type { OrderBatch, ThreadData } from './orders.js';

// A spotting thread. A lone stream is stepped as soon as its audio is there. With more of them, orders that arrive
// within a few milliseconds are worked on together, so that each look at the weights serves many streams.

const GATHER_MILLISECONDS = 4;

if (!parentPort) throw new Error('This is a worker thread');
const port = parentPort;
const { models } = workerData as ThreadData;
const loaded = new Map<string, Model>();
for (const [name, path] of models) loaded.set(name, await openModel(path));
const engine = new Engine(loaded);
let isScheduled = false;

port.on('message', (batch: OrderBatch) => {
  engine.accept(batch);
  if (isScheduled || !engine.hasWork) return;
  if (engine.size === 1) return work();
  isScheduled = true;
  setTimeout(work, GATHER_MILLISECONDS);
});
port.postMessage('ready');

function work(): void {
  isScheduled = false;
  const batch = engine.round();
  if (batch.reports.length > 0) port.postMessage(batch);
  if (!engine.hasWork) return;
  isScheduled = true;
  setImmediate(work);
}
