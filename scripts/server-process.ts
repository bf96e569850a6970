import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** Of the times in /proc on Linux. */
const TICKS_PER_SECOND = 100;

/** `earshot serve` in a process of its own. */
export interface ServerProcess {
  process: ChildProcess;
  /** "http://127.0.0.1:PORT/" */
  url: string;
  /** One of its numbers, summed over labels. */
  metric(name: string): Promise<number>;
  openFiles(): number;
  /** What the thread that reads the sockets has computed. */
  socketThreadSeconds(): number;
  stop(): Promise<void>;
}

export async function startServerProcess(...options: string[]): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['dist/cli/main.js', 'serve', '--port', '0', ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [text] = await once(child.stdout, 'data');
  // By address: a busy server must not be mistaken for one without IPv4 ("happy eyeballs").
  const url = (/http\S+/.exec(String(text))?.[0] ?? '').replace('localhost', '127.0.0.1');
  return {
    process: child,
    url,
    metric: async (name) => {
      const body = await (await fetch(`${url}metrics`)).text();
      const values = body.split('\n').filter((line) => line.startsWith(name) && /^[ {]/.test(line.slice(name.length)));
      return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
    openFiles: () => readdirSync(`/proc/${child.pid}/fd`).length,
    socketThreadSeconds: () => {
      // proc(5): after the name in brackets come the fields from number 3 on; 14 and 15 are user and system time.
      const [, fields = ''] = readFileSync(`/proc/${child.pid}/task/${child.pid}/stat`, 'utf8').split(') ');
      const [user, system] = fields.split(' ').slice(11, 13).map(Number);
      return (user + system) / TICKS_PER_SECOND;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}
