import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEarshotServer, type EarshotServer, type ServerOptions } from 'earshot/server';
import { afterAll } from 'vitest';
import { WebSocket } from 'ws';
import { encodeS16 } from '../../src/audio/pcm.ts';
import type { SpotterEvent } from '../../src/events.ts';
import type { Model } from '../../src/model.ts';
import { readWav } from '../helpers/wav.ts';

/** A server of this test file on a free port, ended after its tests. */
export interface TestServer {
  earshot: EarshotServer;
  http: Server;
  /** "ws://127.0.0.1:PORT" */
  url: string;
  close(milliseconds?: number): Promise<void>;
}

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const earshot = await createEarshotServer({ workers: 1, ...options });
  const http = createServer((request, response) => {
    if (!earshot.handle(request, response)) response.writeHead(404).end();
  });
  earshot.attach(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  let closing: Promise<void> | undefined;
  const close = (milliseconds = 2000): Promise<void> => {
    closing ??= earshot.close(milliseconds).then(() => void http.close());
    return closing;
  };
  afterAll(() => close());
  return { earshot, http, url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`, close };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages of all types
export type Message = any;

/** A client without any wit: what comes in, and how the connection ended. */
export class RawClient {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #wake: () => void = () => {};

  /** @param autoPong whether it answers pings, which confirms what it has got */
  constructor(url: string, protocols: string[] = [], headers: Record<string, string> = {}, autoPong = true) {
    this.socket = new WebSocket(url, protocols, { headers, autoPong });
    this.socket.on('message', (data, isBinary) => {
      this.messages.push(isBinary ? readFrames(data as Buffer, this.messages[0]) : JSON.parse(data.toString()));
      this.#wake();
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wake();
      });
    });
  }

  /** The first message of a type from an index on, waiting for it. */
  async next(type: string, from = 0): Promise<Message> {
    for (;;) {
      const found = this.messages.find((message, i) => i >= from && message.type === type);
      if (found) return found;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`Closed without ${type}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  of(type: string): Message[] {
    return this.messages.filter((message) => message.type === type);
  }

  send(data: unknown): void {
    this.socket.send(data instanceof Uint8Array || typeof data === 'string' ? data : JSON.stringify(data));
  }
}

/** Reads a message of binary frames as docs/protocol.md describes it. */
function readFrames(data: Buffer, { labels, sample_rate: sampleRate }: Message): Message {
  const recordBytes = 12 + 4 * labels.length;
  const frames = [];
  for (let at = 4; at < data.length; at += recordBytes) {
    const time = data.readDoubleLE(at + 4);
    const posteriors = labels.map((_: string, i: number) => data.readFloatLE(at + 12 + 4 * i));
    const sample = Math.round(time * sampleRate);
    frames.push({ type: 'frame', index: data.readUInt32LE(at), time, sample, posteriors });
  }
  return { type: 'frames', seq: data.readUInt32LE(0), frames };
}

/** Frames and detections as the core makes them, without what the protocol adds. */
export const eventsOf = (messages: readonly Message[]): SpotterEvent[] =>
  messages
    .flatMap((message) => (message.type === 'frames' ? message.frames : [message]))
    .filter(({ type }) => type === 'frame' || type === 'detection')
    .map(({ seq: _, stream: __, ...event }) => event);

/** What a spotter alone says. */
export function alone(model: Model, sampleRate: number, samples: Float32Array): SpotterEvent[] {
  const spotter = model.spotter({ sampleRate });
  const events = [...spotter.push(samples), ...spotter.flush()];
  spotter.dispose();
  return events;
}

const sample = (name: string) => readWav(new URL(`../../samples/${name}.wav`, import.meta.url));

export const words = () => sample('words');
export const sampleNames = ['go', 'left', 'no', 'no-words', 'sentence', 'stop', 'up', 'words'];
export const sampleOf = sample;

/** Bytes in pieces whose lengths repeat. */
export function pieces(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length];
    cut.push(bytes.subarray(at, at + length));
    at += length;
  }
  return cut;
}

export { encodeS16 };
