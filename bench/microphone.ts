import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { VirtualMicrophone } from '../scripts/virtual-microphone.js';

const SECONDS = 10;
const START_MS = 2000;
const TARGET = 0.15;
/** A tick of /proc is 10 ms on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time that a process and its children have used so far. */
function processorSeconds(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return children.reduce((sum, child) => sum + processorSeconds(child), (user + system) / TICKS_PER_SECOND);
}

/** The share of a core that is used while something goes on. */
async function shareOf(pid: number, during: () => Promise<unknown>): Promise<number> {
  const [began, before] = [performance.now(), processorSeconds(pid)];
  await during();
  return (processorSeconds(pid) - before) / ((performance.now() - began) / 1000);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/**
 * Tells what share of a core `earshot listen` (as built, in dist/) takes: both of its processes, ten seconds of silence
 * and ten with speech in them. Needs Linux, with PulseAudio; see scripts/virtual-microphone.ts.
 */
export async function benchMicrophone(): Promise<void> {
  if (spawnSync('pulseaudio', ['--version']).error) {
    console.log('earshot listen: not measured, which needs PulseAudio');
    return;
  }
  const microphone = await VirtualMicrophone.start();
  console.log(`earshot listen: share of a core, at most ${percent(TARGET)} wanted`);
  try {
    for (const args of [[], ['--worklet']]) await benchListening(microphone, args);
  } finally {
    await microphone.stop();
  }
}

async function benchListening(microphone: VirtualMicrophone, args: readonly string[]): Promise<void> {
  const cli = spawn(process.execPath, ['dist/cli/main.js', 'listen', '--frames', '--format', 'jsonl', ...args], {
    env: microphone.environment,
    stdio: 'ignore',
  });
  try {
    await microphone.untilListeners(1);
    await wait(START_MS);
    const pid = cli.pid as number;
    const idle = await shareOf(pid, () => wait(1000 * SECONDS));
    const spotting = await shareOf(pid, async () => {
      for (let n = 0; n < 2; n++) await microphone.play('samples/words.wav');
    });
    console.log(`  ${args.join(' ') || 'by itself'}: silence ${percent(idle)}, speech ${percent(spotting)}`);
  } finally {
    cli.kill('SIGINT');
    await once(cli, 'close');
  }
}
