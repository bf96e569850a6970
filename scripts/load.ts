import { fork } from 'node:child_process';
import { on } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_MODEL, openModel } from 'earshot/node';
import {
  FRAME_EVERY,
  MESSAGE_MILLISECONDS,
  MESSAGE_SAMPLES,
  type Outcome,
  SAMPLE_RATE,
  SETTLE_SECONDS,
  type Task,
} from './load-generator.ts';
import { loadBefore, writeResult } from './result-file.js';
import { startServerProcess } from './server-process.js';

// npm run load [-- SECONDS STREAMS…]: many streams of speech at the pace of real time, 16 kHz, messages of 100 ms,
// frame_every=5 and detections, from another process. Latency is the time from the sending of the message that completes
// a frame to the arrival of the frame's event, so both ways through the loopback and the generator are in it.

const REFERENCE_MODEL = 'gru-128x2';
/** Frames by which a network's results may lag behind the audio that completes them, at the end of a run. */
const SPARE_MESSAGES = 100;

const [seconds = 60, ...counts] = process.argv.slice(2).map(Number);
const before = loadBefore();
const models = mkdtempSync(join(tmpdir(), 'earshot-models-'));
copyFileSync(`models/${DEFAULT_MODEL}.safetensors`, pathOf(DEFAULT_MODEL));
copyFileSync(`test/fixtures/starter/${REFERENCE_MODEL}.safetensors`, pathOf(REFERENCE_MODEL));
const points = [];
for (const model of await differentModels()) {
  for (const streams of counts.length > 0 ? counts : [1, 10, 100, 500, 1000, 2000]) {
    points.push(await measure(model, streams));
    console.error(JSON.stringify(points.at(-1)));
  }
}
rmSync(models, { recursive: true });
writeResult('load', before, { seconds, messageMilliseconds: MESSAGE_MILLISECONDS, frameEvery: FRAME_EVERY, points });

function pathOf(model: string): string {
  return join(models, `${model}.safetensors`);
}

/** The default one, and the reference where it is another. */
async function differentModels(): Promise<string[]> {
  const [standard, reference] = await Promise.all(
    [DEFAULT_MODEL, REFERENCE_MODEL].map((name) => openModel(pathOf(name))),
  );
  return standard.fingerprint === reference.fingerprint ? [DEFAULT_MODEL] : [DEFAULT_MODEL, REFERENCE_MODEL];
}

async function measure(model: string, streams: number): Promise<object> {
  const server = await startServerProcess('--models', models, '--max-streams', '10000');
  const idleBytes = await server.metric('process_resident_memory_bytes');
  const generator = fork(fileURLToPath(new URL('load-generator.ts', import.meta.url)));
  const messages = on(generator, 'message');
  const task: Task = { url: server.url, model, streams, seconds, completing: await completingMessages(model) };
  generator.send(task);
  await messages.next();
  const begin = await look(server);
  await messages.next();
  const end = await look(server);
  const { value } = await messages.next();
  const [{ latencies, lateSends, lost, cpuSeconds }]: [Outcome] = value;
  await server.stop();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => round(latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))]);
  return {
    model,
    streams,
    latencyMilliseconds: { p50: at(0.5), p99: at(0.99), max: at(1) },
    events: latencies.length,
    lost,
    lateSends,
    serverCores: round((end.cpuSeconds - begin.cpuSeconds) / seconds),
    ofItSocketThread: round((end.socketThreadSeconds - begin.socketThreadSeconds) / seconds),
    generatorCores: round(cpuSeconds / seconds),
    framesPerStep: round((end.frames - begin.frames) / (end.steps - begin.steps)),
    kilobytesPerStream: Math.round((end.bytes - idleBytes) / 1024 / streams),
    serverMegabytes: Math.round(end.bytes / 2 ** 20),
  };
}

async function look(server: Awaited<ReturnType<typeof startServerProcess>>) {
  return {
    cpuSeconds: await server.metric('process_cpu_seconds_total'),
    bytes: await server.metric('process_resident_memory_bytes'),
    frames: await server.metric('earshot_frames_total'),
    steps: await server.metric('earshot_steps_total'),
    socketThreadSeconds: server.socketThreadSeconds(),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The same for every stream: it depends on counts of samples only. */
async function completingMessages(model: string): Promise<number[]> {
  const spotter = (await openModel(pathOf(model))).spotter({ sampleRate: SAMPLE_RATE });
  const completing: number[] = [];
  const silence = new Float32Array(MESSAGE_SAMPLES);
  const messages =
    (1000 * (seconds + SETTLE_SECONDS)) / MESSAGE_MILLISECONDS + SPARE_MESSAGES + Math.max(...counts, 2000);
  for (let message = 0; message < messages; message++) {
    for (const event of spotter.push(silence)) {
      if (event.type === 'frame' && event.index % FRAME_EVERY === 0) completing[event.index / FRAME_EVERY] = message;
    }
  }
  return completing;
}
