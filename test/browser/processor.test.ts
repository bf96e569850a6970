import { expect, it } from 'vitest';
import { readModelFile } from '../../src/model-file.ts';
import { bundledModelBytes } from '../helpers/models.ts';
import { readWav } from '../helpers/wav.ts';
import { describeInChromium } from './helpers/in-chromium.ts';
import { PROCESSOR_WORKER, type ProcessorRun } from './helpers/processor-run.ts';
import { resample } from './helpers/resample.ts';
import { watchWorkerHeap } from './helpers/worker-heap.ts';

const MINUTES = 10;
/** A quarter of a block of 128 samples at 48 kHz. */
const SHARE_OF_BLOCK_MS = (128 / 48000 / 4) * 1000;
const words = readWav(new URL('../../samples/words.wav', import.meta.url));
const samples = resample(words.samples, words.sampleRate, 48000);

const isolated = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const resources = {
  '/worker.js': PROCESSOR_WORKER,
  '/samples.f32': new Uint8Array(samples.buffer),
};

declare global {
  function workerBytes(): Promise<number>;
}

describeInChromium('The processor in a worker', { headers: { '*': isolated }, resources }, (chromium) => {
  it('is quick and keeps no memory in ten minutes of audio', async () => {
    const page = await chromium.open();
    const heap = await watchWorkerHeap(page);
    await page.exposeFunction('workerBytes', () => heap.usedBytes());
    const { config, tensors, fingerprint } = readModelFile(bundledModelBytes());
    const plain = {
      config,
      fingerprint,
      tensors: [...tensors].map(([name, t]) => [name, t.shape, [...t.values], t.values instanceof Int8Array]),
    };
    const run: ProcessorRun = await page.evaluate(
      async ({ plain, minutes }) => {
        const samples = new Float32Array(await (await fetch('/samples.f32')).arrayBuffer());
        const tensors = new Map(
          (plain.tensors as [string, number[], number[], boolean][]).map(([name, shape, values, isInt8]) => [
            name,
            { shape, values: isInt8 ? Int8Array.from(values) : Float32Array.from(values) },
          ]),
        );
        const worker = new Worker('/worker.js', { type: 'module' });
        const model = { config: plain.config, fingerprint: plain.fingerprint, tensors };
        worker.postMessage({ processorOptions: { model, activations: false, samples: false }, samples, minutes });
        return new Promise<ProcessorRun>((resolve, reject) => {
          worker.onmessage = async ({ data }) => {
            if (data === 'measure') worker.postMessage(await workerBytes());
            else resolve(data);
          };
          worker.onerror = ({ message }) => reject(new Error(message));
        });
      },
      { plain, minutes: MINUTES },
    );
    const { calls, median, p99, worst, heapBefore, heapAfter, reports } = run;
    const times = `median ${median.toFixed(3)}, p99 ${p99.toFixed(3)}, worst ${worst.toFixed(3)} ms`;
    console.log(`${calls} calls: ${times}; a quarter of a block is ${SHARE_OF_BLOCK_MS.toFixed(2)} ms`);
    console.log(`memory: ${heapBefore} bytes after a minute, ${heapAfter} after ten; ${reports} reports`);
    expect(calls).toBe(225_000);
    expect(p99).toBeLessThan(SHARE_OF_BLOCK_MS);
    // 30,000 frames in threes, and detections.
    expect(reports).toBeGreaterThan(9990);
    expect(heapAfter - heapBefore).toBeLessThan(64 * 1024);
    await page.context().close();
  });
});
