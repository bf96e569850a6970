import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/node/open-model.ts';
import { alone, eventsOf, type Message, startServer, words } from './server.ts';

const PYTHON = '/usr/bin/python3';
const CLIENT = fileURLToPath(new URL('foreign_client.py', import.meta.url));
const WORDS = fileURLToPath(new URL('../../samples/words.wav', import.meta.url));
const isHere = spawnSync(PYTHON, ['-c', 'import websockets']).status === 0;

const run = (...args: string[]): ChildProcess =>
  spawn(PYTHON, [CLIENT, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });

async function* messagesOf({ stdout }: ChildProcess): AsyncGenerator<Message> {
  if (!stdout) throw new Error('Started without a pipe');
  for await (const line of createInterface({ input: stdout })) yield JSON.parse(line);
}

async function rest(messages: AsyncGenerator<Message>): Promise<Message[]> {
  const all: Message[] = [];
  for await (const message of messages) all.push(message);
  return all;
}

describe.skipIf(!isHere)(isHere ? 'a foreign client' : 'a foreign client (skipped: no python3-websockets)', () => {
  it('produces and subscribes like our own', async () => {
    const server = await startServer();
    const subscriber = run('subscribe', server.url);
    const heard = messagesOf(subscriber);
    expect((await heard.next()).value).toMatchObject({ type: 'subscribed', protocol: 1 });
    const producer = run('produce', server.url, WORDS);
    const told = await rest(messagesOf(producer));
    const { sampleRate, samples } = words();
    const expected = alone(await openModel(), sampleRate, samples);
    expect(told[0]).toMatchObject({ type: 'ready', name: 'foreign' });
    expect(eventsOf(told)).toEqual(expected);
    expect(told.at(-2)).toMatchObject({ type: 'closed', samples: samples.length });
    expect(told.at(-1)).toEqual({ type: 'end', code: 1000 });
    expect(eventsOf(await rest(heard))).toEqual(expected);
    await Promise.all([producer, subscriber].map((child) => child.exitCode ?? once(child, 'exit')));
    expect([producer.exitCode, subscriber.exitCode]).toEqual([0, 0]);
  });
});
