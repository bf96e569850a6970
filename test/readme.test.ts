import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksOf, outputOf, ROOT } from './helpers/snippets.ts';
import { withFakeWebAudio } from './node/fake-web-audio/options.ts';
import { startServer } from './server/server.ts';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const blocks = (language: string): string[] => blocksOf('README.md', language);

/** Commands that a test cannot run from inside the tests. */
const COVERED_ELSEWHERE = ['npm ci && npm start', 'npm test'];
/** Code that needs a server. */
const forServer = blocks('ts').filter((code) => code.includes("'earshot/client'"));
const commands = blocks('sh')
  .flatMap((block) => block.trim().split('\n'))
  .filter((command) => !COVERED_ELSEWHERE.includes(command));

describe('README', () => {
  it('has code and commands to try', () => {
    expect(blocks('ts').length).toBeGreaterThan(1);
    expect(commands.length).toBeGreaterThan(1);
  });

  it.each(
    blocks('ts').filter((code) => !forServer.includes(code)),
  )('has code that runs as it stands: %#', async (code) => {
    expect(await outputOf(code)).not.toBe('');
  });

  it('has code that sends to a server and hears what others send, in ten lines each', async () => {
    const { url } = await startServer();
    const [sending, hearing] = forServer.map((code) => code.replace('http://localhost:8080', url));
    for (const code of [sending, hearing]) expect(code.trim().split('\n').length).toBeLessThanOrEqual(10);
    const heard = outputOf(hearing);
    const metrics = async () => (await fetch(`${url.replace('ws', 'http')}/metrics`)).text();
    await expect.poll(metrics, { timeout: 20_000 }).toMatch(/^earshot_subscribers 1$/m);
    const sent = (await outputOf(sending)).trim().split('\n');
    expect(sent.at(-1)).toMatch(/^6 words in \d+ frames$/);
    expect((await heard).trim().split('\n')).toEqual(sent.slice(0, -1).map((line) => `kitchen ${line}`));
  });

  it('has code for the microphone in Node that runs as it stands, with one that speaks', () => {
    const code = blocks('js').find((block) => block.includes("'earshot/node'")) ?? '';
    const waiting = code.replace('// later', 'await new Promise((resolve) => setTimeout(resolve, 4000));');
    expect(waiting).not.toBe(code);
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', waiting], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, ...withFakeWebAudio() },
    });
    expect(output).toMatch(/^on 0\.\d+/);
  });

  it.each(commands)('has a command that works: %s', (command) => {
    const [program, ...args] = command.split(' ');
    expect(execFileSync(program, args, { cwd: ROOT, encoding: 'utf8' })).not.toBe('');
  });

  it('shows what npm start really prints, on any port, and it stays until Ctrl-C', async () => {
    const [shown] = blocks('text');
    const lastLine = shown.trim().split('\n').at(-1) ?? '';
    // A process group of its own, as a shell would give it: Ctrl-C goes to all of it.
    const start = spawn('npm', ['start', '--silent', '--', '--port', '0'], { cwd: ROOT, detached: true });
    let printed = '';
    start.stdout.setEncoding('utf8').on('data', (more: string) => {
      const hadAll = printed.includes(lastLine);
      printed += more;
      if (!hadAll && printed.includes(lastLine)) process.kill(-Number(start.pid), 'SIGINT');
    });
    await once(start, 'close');
    const [, port] = /localhost:(\d+)/.exec(printed) ?? [];
    expect(printed.trim()).toBe(shown.trim().replace('8080', port));
  });

  it('links to files that are there', () => {
    const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path);
    for (const path of links) expect(() => readFileSync(join(ROOT, path)), path).not.toThrow(/ENOENT/);
  });
});
