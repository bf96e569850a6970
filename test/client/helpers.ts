import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SpotterEvent, StreamClient } from 'earshot/client';
import { expect, onTestFinished, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { randomSource } from '../helpers/sound.ts';
import type { Line } from '../server/line.ts';
import { words } from '../server/server.ts';

/** All that a loop gets, once it has ended. */
export async function collect<Event>(events: AsyncIterable<Event>): Promise<Event[]> {
  const all: Event[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Which frames there are, so that a difference is easy to read; then everything. */
export function expectSame(actual: SpotterEvent[], expected: SpotterEvent[]): void {
  const indexes = (events: SpotterEvent[]) => events.flatMap((event) => (event.type === 'frame' ? [event.index] : []));
  expect(indexes(actual)).toEqual(indexes(expected));
  expect(actual).toEqual(expected);
}

/** Six words and more, several times over. */
export function longSpeech(times: number) {
  const { sampleRate, samples } = words();
  const long = new Float32Array(times * samples.length);
  for (let i = 0; i < times; i++) long.set(samples, i * samples.length);
  return { sampleRate, samples: long };
}

/** Sends speech in messages of random lengths over a line that is cut so many times, at random moments. */
export async function sendOverCuts(client: StreamClient, line: Line, samples: Float32Array, cuts: number) {
  const random = randomSource(42);
  const every = Math.ceil(samples.length / cuts);
  for (let at = 0; at < samples.length; ) {
    const until = Math.min(samples.length, at + every);
    while (at < until) {
      const end = Math.min(until, at + 1 + Math.floor((random() + 1) * 900));
      await client.send(samples.subarray(at, end));
      at = end;
    }
    if (random() > 0) await new Promise((resolve) => setTimeout(resolve, 4 * (random() + 1)));
    const again = next(client, 'open');
    line.cut();
    await again;
  }
}

/** The client's next change to a state. */
export function next(client: StreamClient, wanted: StreamClient['state']): Promise<void> {
  return new Promise((resolve) => {
    const off = client.on('state', ({ state }) => {
      if (state !== wanted) return;
      off();
      resolve();
    });
  });
}

/**
 * A server that says what a test wants it to say. Gives its address.
 * @param status of its answer to the next connection: 101, or that of a refusal
 */
export async function scriptedServer(
  serve: (socket: WebSocket) => void,
  status: () => number = () => 101,
): Promise<string> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: (_, answer) => {
      const code = status();
      answer(code === 101, code);
    },
  });
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  server.on('connection', serve);
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a server says first to a producer. */
export const readyMessage = JSON.stringify({
  type: 'ready',
  protocol: 1,
  session: 'session',
  name: 'scripted',
  token: 'token',
  model: 'commands',
  labels: ['yes'],
  sample_rate: 16000,
  hop_seconds: 0.02,
  frame_seconds: 0.032,
  resume_from: 0,
  commands: 0,
  grace_seconds: 30,
});

/** Lets so many seconds pass of a time that a test has faked; between them what comes meanwhile is read. */
export async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    await sleep(20);
  }
}
