import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { decodeEvent } from '../src/events.ts';
import { inOrder } from './in-order.ts';
import { VirtualMicrophone } from './virtual-microphone.ts';

// Speaks samples/words.wav into a virtual microphone and checks what `earshot listen` (as built, in dist/) hears, that
// Ctrl-C ends it cleanly and that the microphone is then released. For CI: Linux, with the packages pulseaudio,
// pulseaudio-utils and libasound2-plugins.

const SAMPLE = 'words.wav';
/** A synthetic voice through a real-time path: one word may be missed. */
const MAY_MISS = 1;
const SETTLE_MS = 1000;
const LIMIT_MS = 50_000;

const spoken: string[] = JSON.parse(readFileSync('samples/expected.json', 'utf8'))[SAMPLE];

async function listenTo(
  microphone: VirtualMicrophone,
): Promise<{ code: number | null; heard: string[]; said: string }> {
  const cli = spawn(process.execPath, ['dist/cli/main.js', 'listen', '--format', 'jsonl'], {
    env: microphone.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  const ended = Promise.all([text(cli.stdout), text(cli.stderr), once(cli, 'close')]);
  try {
    await microphone.untilListeners(1);
    await wait(SETTLE_MS);
    await microphone.play(`samples/${SAMPLE}`);
    await wait(SETTLE_MS);
  } finally {
    cli.kill('SIGINT');
  }
  const [stdout, said, [code]] = await ended;
  const events = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(decodeEvent);
  return { code, said, heard: events.flatMap((event) => (event.type === 'detection' ? [event.label] : [])) };
}

const microphone = await VirtualMicrophone.start();
try {
  const { code, heard, said } = await listenTo(microphone);
  await microphone.untilListeners(0);
  const found = inOrder(spoken, heard);
  console.log(`spoken: ${spoken.join(' ')}\nheard:  ${heard.join(' ')}`);
  console.log(`${found} of ${spoken.length} in order, ${heard.length - found} besides; exit code ${code}; released`);
  if (said !== '') console.log(`standard error: ${said}`);
  if (found < spoken.length - MAY_MISS || code !== 0) process.exitCode = 1;
} finally {
  await microphone.stop();
}
