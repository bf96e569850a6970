import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { smallModelBytes } from '../helpers/models.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Starts the command line as it was built, with these variables in its environment beside ours. */
export function startCliWith(env: Record<string, string>, ...args: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ['dist/cli/main.js', ...args], { cwd: ROOT, env: { ...process.env, ...env } });
}

export const startCli = (...args: string[]): ChildProcessWithoutNullStreams => startCliWith({}, ...args);

/** Starts a command that serves, and gives it once its address is printed. */
export async function startServing(...args: string[]): Promise<{ cli: ChildProcessWithoutNullStreams; url: string }> {
  const cli = startCli(...args, '--port', '0');
  let printed = '';
  for await (const text of cli.stdout.iterator({ destroyOnReturn: false })) {
    printed += text;
    if (printed.includes('Ctrl-C')) break;
  }
  cli.stdout.resume();
  const [url = ''] = /https?:\S+/.exec(printed) ?? [];
  return { cli, url };
}

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs it to its end with these bytes as standard input. */
export async function runCli(args: readonly string[], input: Uint8Array = new Uint8Array(0)): Promise<CliResult> {
  const cli = startCli(...args);
  // It may end without reading its input.
  cli.stdin.on('error', () => {});
  cli.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(cli.stdout), text(cli.stderr), once(cli, 'close')]);
  return { code, stdout, stderr };
}

/** Runs it; ends it with a signal once its output has this. */
export async function runCliUntil(
  until: RegExp | undefined,
  args: readonly string[],
  env: Record<string, string> = {},
  signal: NodeJS.Signals = 'SIGINT',
): Promise<CliResult> {
  const cli = startCliWith(env, ...args);
  let stdout = '';
  cli.stdout.setEncoding('utf8').on('data', (more: string) => {
    stdout += more;
    // Once: a second signal ends it at once.
    if (!cli.killed && until?.test(stdout)) cli.kill(signal);
  });
  const [stderr, [code]] = await Promise.all([text(cli.stderr), once(cli, 'close')]);
  return { stdout, stderr, code };
}

export const linesOf = (output: string): string[] => output.split('\n').filter((line) => line !== '');

const made: string[] = [];
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true });
});

/** A new directory with these files in it, by their paths; it is gone after the tests of the file. */
export function directoryWith(files: Record<string, Uint8Array | string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'earshot-cli-'));
  made.push(directory);
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return directory;
}

/** A small model whose threshold is so low that it hears words in anything. */
export const eagerModelBytes = (): Uint8Array =>
  smallModelBytes({ decision: { smoothingFrames: 3, threshold: 0.35, refractoryFrames: 5, minimumFrames: 2 } });
