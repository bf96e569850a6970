import { isDeepStrictEqual } from 'node:util';
import { connect, type SpotterEvent } from 'earshot/client';
import { mixDown, openAudio, openModel } from 'earshot/node';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { loadBefore, writeResult } from './result-file.js';
import { startServerProcess } from './server-process.js';

// npm run fuzz [-- MESSAGES]: hostile clients beside one that behaves well, whose events must stay exactly those of a
// spotter alone.

const messages = Number(process.argv[2] ?? 10_000);
const before = loadBefore();
const server = await startServerProcess();
const address = `${server.url.replace('http', 'ws')}v1/`;
const texts = ['flush', 'reset', 'keepalive', 'close'].map((type) => JSON.stringify({ type }));
const message = fc.oneof(
  fc.uint8Array({ maxLength: 5000 }),
  fc.string({ maxLength: 100 }),
  fc.json(),
  fc.constantFrom(...texts, '{"type":"configure","threshold":0.1}', '{"type":"configure","labels":[]}'),
);
const visit = fc.record({
  path: fc.constantFrom('stream', 'stream?frames_per_message=7', 'events', 'events?since=1', 'stream?token=x', 'x'),
  messages: fc.array(message, { minLength: 1, maxLength: 30 }),
  leave: fc.constantFrom('terminate' as const, 'close' as const),
});

const { sampleRate, samples } = await speech();
const expected = await alone();
const client = await connect(server.url, { sampleRate });
const heard: SpotterEvent[] = [];
client.on('frame', (event) => heard.push(event));
client.on('detection', (event) => heard.push(event));

let sent = 0;
let visits = 0;
const codes: Record<string, number> = {};
for (const { path, messages: list, leave } of fc.sample(visit, { numRuns: messages, seed: 7 })) {
  if (sent >= messages) break;
  visits++;
  await client.send(samples.subarray((visits - 1) * 800, visits * 800));
  await attack(path, list, leave);
}
await client.send(samples.subarray(visits * 800));
const totals = await client.close();
const isSame = isDeepStrictEqual(heard, expected);
await server.stop();
writeResult('fuzz', before, { messages: sent, visits, closeCodes: codes, steadyStream: totals, isSame });
if (!isSame) throw new Error('The well-behaved stream was disturbed');

async function attack(path: string, list: (string | Uint8Array)[], leave: 'terminate' | 'close'): Promise<void> {
  const socket = new WebSocket(address + path);
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.on('error', () => {});
  socket.on('open', () => {
    for (const data of list) {
      socket.send(data);
      sent++;
    }
    socket[leave]();
  });
  const code = await closed;
  codes[code] = (codes[code] ?? 0) + 1;
}

async function speech(): Promise<{ sampleRate: number; samples: Float32Array }> {
  const audio = await openAudio('samples/words.wav');
  const parts: number[] = [];
  for await (const planar of audio) parts.push(...mixDown(planar));
  const rounds = Math.max(1, Math.ceil((messages * 80) / parts.length));
  return {
    sampleRate: audio.sampleRate,
    samples: Float32Array.from({ length: rounds * parts.length }, (_, i) => parts[i % parts.length]),
  };
}

async function alone(): Promise<SpotterEvent[]> {
  const spotter = (await openModel()).spotter({ sampleRate });
  return [...spotter.push(samples), ...spotter.flush()];
}
