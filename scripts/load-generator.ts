import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  FRAME_EVERY,
  type LoadOutcome,
  type LoadTask,
  MESSAGE_MILLISECONDS,
  MESSAGE_SAMPLES,
  SAMPLE_RATE,
  SETTLE_SECONDS,
} from './load-task.js';
import { clientFrame, RawProducer } from './raw-producer.js';

// Many producers of speech at the pace of real time, in a process of their own; see load.ts, which forks it.

const TICK_MILLISECONDS = 2;
/** A message that is sent later than planned by more is counted. */
const LATE_MILLISECONDS = 20;
const WAV_HEADER_BYTES = 44;
/** Answers that are on their way when the measurement ends are looked for so often, for so long at most. */
const LOOK_MILLISECONDS = 500;
const MOST_LOOKING_MILLISECONDS = 10_000;

interface Producer {
  socket: RawProducer;
  dueMilliseconds: number;
  sent: number;
  /** The part of the recording that comes next. */
  part: number;
  sentAt: Float64Array;
  /** Events of frames that have come, from the first on without a gap. */
  heard: number;
}

if (process.send) process.once('message', (task: LoadTask) => generate(task));

async function generate(task: LoadTask): Promise<void> {
  const generator = new Generator(task);
  const ticking = setInterval(() => generator.tick(), TICK_MILLISECONDS);
  while (!generator.isReady) await sleep(50);
  await sleep(1000 * SETTLE_SECONDS);
  const cpu = process.cpuUsage();
  generator.isMeasuring = true;
  process.send?.('begin');
  await sleep(1000 * task.seconds);
  generator.isMeasuring = false;
  clearInterval(ticking);
  const { user, system } = process.cpuUsage(cpu);
  process.send?.('end');
  const deadline = performance.now() + MOST_LOOKING_MILLISECONDS;
  do await sleep(LOOK_MILLISECONDS);
  while (generator.missing > 0 && performance.now() < deadline);
  const { latencies, missing, lateSends, lost } = generator;
  const outcome: LoadOutcome = { latencies, missing, lateSends, lost, cpuSeconds: (user + system) / 1e6 };
  process.send?.(outcome, () => process.exit());
}

class Generator {
  readonly latencies: number[] = [];
  lateSends = 0;
  lost = 0;
  isMeasuring = false;
  readonly #task: LoadTask;
  readonly #url: URL;
  readonly #parts = speechInFrames();
  readonly #producers: Producer[] = [];

  constructor(task: LoadTask) {
    this.#task = task;
    const query = `sample_rate=${SAMPLE_RATE}&frame_every=${FRAME_EVERY}&model=${task.model}`;
    this.#url = new URL(`v1/stream?${query}`, task.url);
  }

  /** Whether all streams are open. */
  get isReady(): boolean {
    return (
      this.#producers.length === this.#task.streams &&
      this.#producers.every(({ dueMilliseconds }) => dueMilliseconds < Number.POSITIVE_INFINITY)
    );
  }

  /** Events of frames that are due after all that has been sent, and have not come. */
  get missing(): number {
    return this.#producers.reduce((sum, { sent, heard }) => sum + this.#countDueAfter(sent) - heard, 0);
  }

  #countDueAfter(messages: number): number {
    return this.#task.completing.filter((message) => message < messages).length;
  }

  /** Opens one more stream, as long as there are too few, and sends what is due. */
  tick(): void {
    if (this.#producers.length < this.#task.streams) this.#open();
    const now = performance.now();
    for (const producer of this.#producers) if (producer.dueMilliseconds <= now) this.#send(producer, now);
  }

  #open(): void {
    const producer: Producer = {
      socket: new RawProducer(
        this.#url,
        (bytes, from, to) => this.#hear(producer, bytes.toString('latin1', from, Math.min(to, from + 64))),
        () => this.lost++,
      ),
      dueMilliseconds: Number.POSITIVE_INFINITY,
      sent: 0,
      part: this.#producers.length % this.#parts.length,
      sentAt: new Float64Array(this.#task.completing.length * FRAME_EVERY),
      heard: 0,
    };
    this.#producers.push(producer);
  }

  #send(producer: Producer, now: number): void {
    if (this.isMeasuring && now - producer.dueMilliseconds > LATE_MILLISECONDS) this.lateSends++;
    producer.sentAt[producer.sent++] = now;
    producer.socket.send(this.#parts[producer.part]);
    producer.part = (producer.part + 1) % this.#parts.length;
    producer.dueMilliseconds += MESSAGE_MILLISECONDS;
  }

  /** @param text the beginning of a message */
  #hear(producer: Producer, text: string): void {
    const now = performance.now();
    if (text.startsWith('{"type":"ready"')) producer.dueMilliseconds = now + MESSAGE_MILLISECONDS * Math.random();
    const [, index] = /"type":"frame","index":(\d+)/.exec(text) ?? [];
    if (index === undefined) return;
    const event = Number(index) / FRAME_EVERY;
    if (event === producer.heard) producer.heard++;
    if (this.isMeasuring) this.latencies.push(now - producer.sentAt[this.#task.completing[event]]);
  }
}

/** The recording in messages of equal length; what is left at its end is not used. */
function speechInFrames(): Buffer[] {
  const pcm = readFileSync('samples/words.wav').subarray(WAV_HEADER_BYTES);
  const bytes = 2 * MESSAGE_SAMPLES;
  return Array.from({ length: Math.floor(pcm.length / bytes) }, (_, part) =>
    clientFrame(pcm.subarray(part * bytes, (part + 1) * bytes)),
  );
}
