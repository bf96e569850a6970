import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

const LONGEST_STAY_MILLISECONDS = 200;
const AT_ONCE = 50;
const AUDIO_BYTES = 9000;

/** How a client may come and what it does until it goes. */
const KINDS = ['produce', 'produce', 'produce', 'resume', 'subscribe', 'knock'] as const;
/** How it goes: a close frame, the end of the line in the middle of anything, or the message that ends a stream. */
const EXITS = ['close', 'terminate', 'finish'] as const;

/** So many clients, some of them at once, that come and leave at random moments, whatever is going on. */
export async function comeAndGo(url: string, count: number): Promise<void> {
  let left = count;
  const one = async (): Promise<void> => {
    while (left-- > 0) await visit(url);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

async function visit(url: string): Promise<void> {
  const kind = pick(KINDS);
  if (kind === 'knock') await knock(url);
  else if (kind === 'subscribe') await stay(new WebSocket(`${url}v1/events?events=frame,detection`), pick(EXITS));
  else if (kind === 'produce') await stay(producer(`${url}v1/stream?encoding=f32le`), pick(EXITS));
  else await loseAndResume(url);
}

/** A client that sends some audio as soon as it can. */
function producer(address: string): WebSocket {
  const socket = new WebSocket(address);
  socket.on('open', () => {
    for (let n = 0; n < 3; n++) socket.send(new Uint8Array(Math.random() * AUDIO_BYTES));
  });
  return socket;
}

async function loseAndResume(url: string): Promise<void> {
  const first = producer(`${url}v1/stream?encoding=f32le`);
  const [ready] = await once(first, 'message');
  await stay(first, 'terminate');
  await stay(producer(`${url}v1/stream?token=${JSON.parse(ready.toString()).token}`), pick(EXITS));
}

async function stay(socket: WebSocket, exit: (typeof EXITS)[number]): Promise<void> {
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => {});
  await sleep(LONGEST_STAY_MILLISECONDS * Math.random());
  if (exit === 'finish' && socket.readyState === WebSocket.OPEN) socket.send('{"type":"close"}');
  else if (exit === 'terminate') socket.terminate();
  else socket.close();
  await closed;
}

/** Goes away in the middle of the first request. */
async function knock(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  const request = 'GET /v1/stream HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
  socket.write(request.slice(0, Math.random() * request.length));
  await sleep(LONGEST_STAY_MILLISECONDS * Math.random());
  socket.destroy();
  await closed;
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)];
}
