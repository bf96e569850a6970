/** What a run of the worklet's processor in a dedicated Worker of the page measured. */
export interface ProcessorRun {
  calls: number;
  /** Milliseconds of a call. */
  median: number;
  p99: number;
  worst: number;
  /** Bytes in use after collection, those behind typed arrays included, after the first tenth and at the end. */
  heapBefore: number;
  heapAfter: number;
  reports: number;
}

/**
 * The worker's script: the globals of an AudioWorkletGlobalScope, then the worklet's own file, then minutes of audio,
 * 128 samples a call. It stands in a page that is cross-origin isolated, for a clock that steps by 5 µs, and
 * that measures the worker's heap when it waits for that.
 */
export const PROCESSOR_WORKER = `
let Processor;
let reports = 0;
let ready;
let measured;
globalThis.sampleRate = 48000;
globalThis.currentFrame = 0;
globalThis.registerProcessor = (name, processor) => { if (name === 'earshot-spotter') Processor = processor; };
globalThis.AudioWorkletProcessor = class {
  port = {
    onmessage: null,
    postMessage(report) {
      reports++;
      if (report.type === 'ready') ready();
      if (report.type === 'failed') throw new Error(report.message);
    },
  };
};
globalThis.onmessage = async ({ data: { processorOptions, samples, minutes } }) => {
  globalThis.onmessage = ({ data }) => measured(data);
  await import('/browser/spotter.worklet.js');
  const started = new Promise((resolve) => { ready = resolve; });
  const processor = new Processor({ processorOptions });
  await started;
  const calls = Math.round((minutes * 60 * sampleRate) / 128);
  const times = new Float32Array(calls);
  const block = new Float32Array(128);
  const inputs = [[block]];
  const outputs = [[new Float32Array(128)]];
  let heapBefore = 0;
  for (let call = 0; call < calls; call++) {
    if (call === Math.round(calls / 10)) heapBefore = await heap();
    const at = (call * 128) % (samples.length - 128);
    for (let i = 0; i < 128; i++) block[i] = samples[at + i];
    const before = performance.now();
    processor.process(inputs, outputs);
    times[call] = performance.now() - before;
    currentFrame += 128;
  }
  const heapAfter = await heap();
  times.sort();
  const at = (share) => times[Math.floor(share * (calls - 1))];
  postMessage({ calls, median: at(0.5), p99: at(0.99), worst: at(1), heapBefore, heapAfter, reports });
};
function heap() {
  postMessage('measure');
  return new Promise((resolve) => { measured = resolve; });
}
`;
