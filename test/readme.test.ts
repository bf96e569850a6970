import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withFakeWebAudio } from './node/fake-web-audio/options.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const blocks = (language: string): string[] =>
  [...README.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, code]) => code);

/** Commands that a test cannot run from inside the tests. */
const COVERED_ELSEWHERE = ['npm ci && npm start', 'npm test'];
const commands = blocks('sh')
  .flatMap((block) => block.trim().split('\n'))
  .filter((command) => !COVERED_ELSEWHERE.includes(command));

describe('README', () => {
  it('has code and commands to try', () => {
    expect(blocks('ts').length).toBeGreaterThan(1);
    expect(commands.length).toBeGreaterThan(1);
  });

  it.each(blocks('ts'))('has code that runs as it stands: %#', (code) => {
    const file = join(ROOT, `readme-snippet-${process.pid}.ts`);
    writeFileSync(file, code);
    try {
      const output = execFileSync(process.execPath, ['--import', 'tsx', file], { cwd: ROOT, encoding: 'utf8' });
      expect(output).not.toBe('');
    } finally {
      rmSync(file);
    }
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

  it('shows what npm start really prints', () => {
    const [shown] = blocks('text');
    const printed = execFileSync('npm', ['start', '--silent'], { cwd: ROOT, encoding: 'utf8' });
    for (const part of shown.trim().split('\n\n')) expect(printed).toContain(part);
  });

  it('links to files that are there', () => {
    const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path);
    for (const path of links) expect(() => readFileSync(join(ROOT, path)), path).not.toThrow(/ENOENT/);
  });
});
