import { fork } from 'node:child_process';
import { on } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connect } from 'earshot/client';
import { openModel } from 'earshot/node';
import {
  FRAME_EVERY,
  type LoadOutcome,
  type LoadTask,
  MESSAGE_MILLISECONDS,
  MESSAGE_SAMPLES,
  SAMPLE_RATE,
  SETTLE_SECONDS,
} from './load-task.js';
import { type ServerProcess, startServerProcess } from './server-process.js';

/** What so many streams cost. */
export interface LoadPoint {
  model: string;
  streams: number;
  latencyMilliseconds: { p50: number; p99: number; max: number };
  /** Events of frames that came during the measurement, and how many there had to be. */
  events: number;
  expectedEvents: number;
  /** Events of frames that were due, since the streams were opened, and had not come 10 s after the end either. */
  missing: number;
  /** Streams that the server ended. */
  lost: number;
  /** Messages that the generator sent more than 20 ms late. */
  lateSends: number;
  serverCores: number;
  ofItSocketThread: number;
  generatorCores: number;
  framesPerStep: number;
  /** Beyond a server without streams; only where there are so many that collections of garbage do not hide it. */
  kilobytesPerStream?: number;
  serverMegabytes: number;
}

/** Of the first stream, while the others are opened; a generous guess. */
const sparesFor = (streams: number): number => 100 + streams / 10;
const WARM_UP_STREAMS = 20;
const WARM_UP_ROUNDS = 5;
/** The size of a process varies by 15 MB and more from one collection of garbage to the next. */
const LEAST_STREAMS_FOR_MEMORY = 100;
const GENERATOR = fileURLToPath(new URL('load-generator.ts', import.meta.url));

/** @param models directory of the model */
export async function measureLoad(models: string, model: string, streams: number, seconds: number): Promise<LoadPoint> {
  const server = await startServerProcess('--models', models, '--max-streams', '10000');
  await warmUp(server.url, model);
  const idle = await look(server);
  const generator = fork(GENERATOR, { execArgv: ['--import', 'tsx'] });
  const messages = on(generator, 'message');
  const count = (1000 * (seconds + SETTLE_SECONDS)) / MESSAGE_MILLISECONDS + sparesFor(streams);
  const { completing, eventsPerMessage } = await framesOf(`${models}/${model}.safetensors`, count);
  const task: LoadTask = { url: server.url, model, streams, seconds, completing };
  generator.send(task);
  await messages.next();
  const begin = await look(server);
  await messages.next();
  const end = await look(server);
  const { value } = await messages.next();
  const [{ latencies, missing, lateSends, lost, cpuSeconds }]: [LoadOutcome] = value;
  await server.stop();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => round(latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))]);
  return {
    model,
    streams,
    latencyMilliseconds: { p50: at(0.5), p99: at(0.99), max: at(1) },
    events: latencies.length,
    expectedEvents: Math.round(((1000 * seconds) / MESSAGE_MILLISECONDS) * streams * eventsPerMessage),
    missing,
    lost,
    lateSends,
    serverCores: round((end.cpuSeconds - begin.cpuSeconds) / seconds),
    ofItSocketThread: round((end.socketThreadSeconds - begin.socketThreadSeconds) / seconds),
    generatorCores: round(cpuSeconds / seconds),
    framesPerStep: round((end.frames - begin.frames) / (end.steps - begin.steps)),
    ...(streams >= LEAST_STREAMS_FOR_MEMORY && {
      kilobytesPerStream: Math.round((end.bytes - idle.bytes) / 1024 / streams),
    }),
    serverMegabytes: Math.round(end.bytes / 2 ** 20),
  };
}

/** Opens and closes streams, because a server that has just been started takes more memory than it then keeps. */
async function warmUp(url: string, model: string): Promise<void> {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    await Promise.all(Array.from({ length: WARM_UP_STREAMS }, () => visit(url, model)));
  }
}

async function visit(url: string, model: string): Promise<void> {
  const client = await connect(url, { sampleRate: SAMPLE_RATE, model, events: [] });
  await client.send(new Float32Array(SAMPLE_RATE));
  await client.close();
}

async function look(server: ServerProcess) {
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

/** Which message completes each frame that is told; the same for every stream, for it depends on counts of samples. */
async function framesOf(path: string, messages: number): Promise<{ completing: number[]; eventsPerMessage: number }> {
  const spotter = (await openModel(path)).spotter({ sampleRate: SAMPLE_RATE });
  const completing: number[] = [];
  const silence = new Float32Array(MESSAGE_SAMPLES);
  for (let message = 0; message < messages; message++) {
    for (const event of spotter.push(silence)) {
      if (event.type === 'frame' && event.index % FRAME_EVERY === 0) completing[event.index / FRAME_EVERY] = message;
    }
  }
  return { completing, eventsPerMessage: completing.length / messages };
}
