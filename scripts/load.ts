import { fork } from 'node:child_process';
import { on } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openModel } from 'earshot/node';
import { WebSocket } from 'ws';
import { loadBefore, writeResult } from './result-file.js';
import { startServerProcess } from './server-process.js';

// npm run load [-- SECONDS STREAMS…]: many streams of speech at the pace of real time, 16 kHz, messages of 100 ms,
// frame_every=5 and detections, from another process. Latency is the time from the sending of the message that completes
// a frame to the arrival of the frame's event, so both ways through the loopback and the generator are in it.

const SAMPLE_RATE = 16000;
const MESSAGE_MILLISECONDS = 100;
const MESSAGE_SAMPLES = (SAMPLE_RATE * MESSAGE_MILLISECONDS) / 1000;
const FRAME_EVERY = 5;
const TICK_MILLISECONDS = 2;
const CONNECTS_A_TICK = 1;
const SETTLE_SECONDS = 3;

interface Task {
  url: string;
  streams: number;
  seconds: number;
  /** Number of the message that completes frame k · FRAME_EVERY. */
  completing: number[];
}

interface Outcome {
  latencies: number[];
  /** Times a message was sent later than planned by more than 20 ms. */
  late: number;
  lost: number;
  cpuSeconds: number;
}

if (process.send) process.once('message', (task: Task) => generate(task));
else await measure();

async function measure(): Promise<void> {
  const [seconds = 60, ...counts] = process.argv.slice(2).map(Number);
  const before = loadBefore();
  const points = [];
  for (const streams of counts.length > 0 ? counts : [1, 10, 100, 500, 1000, 2000]) {
    points.push(await measurePoint(streams, seconds));
    console.error(JSON.stringify(points.at(-1)));
  }
  writeResult('load', before, { model: 'commands', seconds, messageMilliseconds: MESSAGE_MILLISECONDS, points });
}

async function measurePoint(streams: number, seconds: number): Promise<object> {
  const server = await startServerProcess('--max-streams', '10000');
  const idleBytes = await server.metric('process_resident_memory_bytes');
  const generator = fork(fileURLToPath(import.meta.url));
  const messages = on(generator, 'message');
  const completing = await completingMessages(seconds + SETTLE_SECONDS);
  generator.send({ url: server.url.replace('http', 'ws'), streams, seconds, completing });
  await messages.next();
  const cpuBefore = await server.metric('process_cpu_seconds_total');
  await messages.next();
  const cpuAfter = await server.metric('process_cpu_seconds_total');
  const bytes = await server.metric('process_resident_memory_bytes');
  const frames = await server.metric('earshot_frames_total');
  const steps = await server.metric('earshot_steps_total');
  const { value } = await messages.next();
  const [{ latencies, late, lost, cpuSeconds }]: [Outcome] = value;
  await server.stop();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => round(latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))]);
  return {
    streams,
    latencyMilliseconds: { p50: at(0.5), p99: at(0.99), max: at(1) },
    events: latencies.length,
    lost,
    lateSends: late,
    serverCores: round((cpuAfter - cpuBefore) / seconds),
    generatorCores: round(cpuSeconds / seconds),
    framesPerStep: round(frames / steps),
    kilobytesPerStream: Math.round((bytes - idleBytes) / 1024 / streams),
    serverMegabytes: Math.round(bytes / 2 ** 20),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The same for every stream: it depends on counts of samples only. */
async function completingMessages(seconds: number): Promise<number[]> {
  const spotter = (await openModel()).spotter({ sampleRate: SAMPLE_RATE });
  const completing: number[] = [];
  const silence = new Float32Array(MESSAGE_SAMPLES);
  for (let message = 0; message < (1000 * seconds) / MESSAGE_MILLISECONDS + 100; message++) {
    for (const event of spotter.push(silence)) {
      if (event.type === 'frame' && event.index % FRAME_EVERY === 0) completing[event.index / FRAME_EVERY] = message;
    }
  }
  return completing;
}

interface Producer {
  socket: WebSocket;
  due: number;
  sent: number;
  at: number;
  sentAt: Float64Array;
}

async function generate({ url, streams, seconds, completing }: Task): Promise<void> {
  const wav = readFileSync('samples/words.wav').subarray(44);
  const parts = Math.floor(wav.length / 2 / MESSAGE_SAMPLES);
  const messages = Math.ceil((1000 * (seconds + SETTLE_SECONDS)) / MESSAGE_MILLISECONDS) + streams;
  const producers: Producer[] = [];
  const outcome: Outcome = { latencies: [], late: 0, lost: 0, cpuSeconds: 0 };
  let isMeasuring = false;
  const address = `${url}v1/stream?sample_rate=${SAMPLE_RATE}&frame_every=${FRAME_EVERY}`;

  const open = (n: number): void => {
    const socket = new WebSocket(address);
    const producer = {
      socket,
      due: Number.POSITIVE_INFINITY,
      sent: 0,
      at: n % parts,
      sentAt: new Float64Array(messages),
    };
    producers.push(producer);
    socket.on('message', (data) => {
      const now = performance.now();
      const text = data.toString();
      if (text.startsWith('{"type":"ready"')) {
        producer.due = now + Math.random() * MESSAGE_MILLISECONDS;
        return;
      }
      const [, index] = /"type":"frame","index":(\d+)/.exec(text) ?? [];
      if (index === undefined || !isMeasuring) return;
      outcome.latencies.push(now - producer.sentAt[completing[Number(index) / FRAME_EVERY]]);
    });
    socket.on('error', () => {});
    socket.on('close', () => outcome.lost++);
  };

  const tick = (): void => {
    for (let n = 0; n < CONNECTS_A_TICK && producers.length < streams; n++) open(producers.length);
    const now = performance.now();
    for (const producer of producers) {
      if (producer.due > now) continue;
      if (now - producer.due > 20 && isMeasuring) outcome.late++;
      producer.sentAt[producer.sent++] = now;
      producer.socket.send(wav.subarray(producer.at * 2 * MESSAGE_SAMPLES, (producer.at + 1) * 2 * MESSAGE_SAMPLES));
      producer.at = (producer.at + 1) % parts;
      producer.due += MESSAGE_MILLISECONDS;
    }
  };

  const ticking = setInterval(tick, TICK_MILLISECONDS);
  while (producers.length < streams || producers.some(({ due }) => due === Number.POSITIVE_INFINITY)) await sleep(50);
  await sleep(1000 * SETTLE_SECONDS);
  const cpu = process.cpuUsage();
  isMeasuring = true;
  process.send?.('begin');
  await sleep(1000 * seconds);
  isMeasuring = false;
  const { user, system } = process.cpuUsage(cpu);
  outcome.cpuSeconds = (user + system) / 1e6;
  process.send?.('end');
  await sleep(500);
  clearInterval(ticking);
  process.send?.(outcome, () => process.exit());
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
