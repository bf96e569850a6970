import { connect } from 'node:net';
import fc from 'fast-check';
import { WebSocket } from 'ws';

/** What an attack came to. */
export interface Attack {
  messages: number;
  visits: number;
  /** How often the server ended a connection with which code; 1006 where the client left. */
  closeCodes: Record<string, number>;
}

type Visit =
  | { path: string; list: (string | Uint8Array)[]; leave: 'close' | 'terminate' | 'wait' }
  | { raw: Uint8Array };

const LONGEST_WAIT_MILLISECONDS = 50;

const commands = ['flush', 'reset', 'keepalive', 'close'].map((type) => JSON.stringify({ type }));
const message = fc.oneof(
  fc.uint8Array({ maxLength: 5000 }),
  fc.constant(new Uint8Array(2_000_000)),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.json(),
  fc.constantFrom(
    ...commands,
    '{"type":"configure","threshold":0.1}',
    '{"type":"configure","labels":[]}',
    '{"type":"configure","events":["frame"]}',
    '{"type":"configure","thresholds":{"__proto__":1}}',
  ),
);
const path = fc.constantFrom(
  'stream',
  'stream?frames_per_message=7',
  'stream?frame_format=binary&encoding=f32le&channels=8',
  'stream?sample_rate=192000',
  'stream?name=steady',
  'stream?token=x',
  'stream?encoding=opus',
  'events',
  'events?since=1&events=frame',
  'events?stream=steady&events=frame',
  'nowhere',
);
const visit: fc.Arbitrary<Visit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      path,
      list: fc.array(message, { minLength: 1, maxLength: 8 }),
      leave: fc.constantFrom('close' as const, 'terminate' as const, 'wait' as const),
    }),
  },
  // After a handshake in order: bytes that may look like frames of any opcode, masked or not, with reserved bits.
  { weight: 1, arbitrary: fc.record({ raw: fc.uint8Array({ minLength: 2, maxLength: 300 }) }) },
);

/** Sends so many hostile messages, one client after the other; `between` runs before each client. */
export async function attack(url: string, messages: number, between: () => Promise<void>): Promise<Attack> {
  const done: Attack = { messages: 0, visits: 0, closeCodes: {} };
  for (const each of fc.sample(visit, { numRuns: messages, seed: 7 })) {
    if (done.messages >= messages) break;
    await between();
    const code = 'raw' in each ? await sendRaw(url, each.raw) : await sendMessages(url, each);
    done.visits++;
    done.messages += 'raw' in each ? 1 : each.list.length;
    done.closeCodes[code] = (done.closeCodes[code] ?? 0) + 1;
  }
  return done;
}

async function sendMessages(url: string, { path, list, leave }: Exclude<Visit, { raw: Uint8Array }>): Promise<number> {
  const socket = new WebSocket(`${url}v1/${path}`);
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  const leaving = setTimeout(() => socket.terminate(), LONGEST_WAIT_MILLISECONDS);
  socket.on('error', () => {});
  socket.on('open', () => {
    for (const data of list) socket.send(data);
    if (leave !== 'wait') socket[leave]();
  });
  const code = await closed;
  clearTimeout(leaving);
  return code;
}

async function sendRaw(url: string, bytes: Uint8Array): Promise<string> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(
    `GET /v1/stream HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  socket.once('data', () => socket.end(bytes));
  await new Promise((resolve) => socket.on('close', resolve).resume());
  return 'raw';
}
