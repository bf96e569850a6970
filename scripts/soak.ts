import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { loadBefore, writeResult } from './result-file.js';
import { startServerProcess } from './server-process.js';

// npm run soak [-- CONNECTIONS]: producers and subscribers come and leave at every possible moment, in order and not.
// Afterwards no stream and no file descriptor may be left, and the second half may not have taken memory.

const GRACE_SECONDS = 30;
const AT_ONCE = 50;

const connections = Number(process.argv[2] ?? 5000);
const before = loadBefore();
const server = await startServerProcess();
const address = server.url.replace('http', 'ws');

await comeAndGo(200);
await settle();
const start = await look();
await comeAndGo(Math.floor(connections / 2));
await settle();
const half = await look();
await comeAndGo(Math.ceil(connections / 2));
await settle();
const end = await look();
await server.stop();
writeResult('soak', before, { connections, start, half, end });
if (end.streams !== 0 || end.openFiles > start.openFiles + 2) throw new Error('Something was left behind');

async function comeAndGo(count: number): Promise<void> {
  let left = count;
  const one = async () => {
    while (left-- > 0) await visit();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** One client that leaves after 0 to 40 ms, whatever it is doing. */
async function visit(): Promise<void> {
  const path = Math.random() < 0.8 ? 'v1/stream?encoding=f32le' : 'v1/events?events=frame,detection';
  const socket = new WebSocket(`${address}${path}`);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => {});
  socket.on('open', () => {
    if (path.includes('stream')) for (let n = 0; n < 3; n++) socket.send(new Uint8Array(Math.random() * 9000));
  });
  await sleep(40 * Math.random());
  if (Math.random() < 0.5) socket.terminate();
  else socket.close();
  await closed;
}

/** Waits until sessions whose producers were lost are given up. */
async function settle(): Promise<void> {
  await sleep(1000 * (GRACE_SECONDS + 3));
}

async function look() {
  return {
    streams: await server.metric('earshot_streams'),
    openFiles: server.openFiles(),
    megabytes: Math.round((await server.metric('process_resident_memory_bytes')) / 2 ** 20),
  };
}
