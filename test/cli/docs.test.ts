import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { DEFAULT_LIMITS } from 'earshot/server';
import { describe, expect, it } from 'vitest';
import { addFileOptions } from '../../src/cli/file-options.ts';
import { FORMAT_NAMES } from '../../src/cli/formats/index.ts';
import { addListenOptions } from '../../src/cli/listen.ts';
import { addServeCommand } from '../../src/cli/serve.ts';
import { addStreamOptions } from '../../src/cli/stream.ts';
import { addSubscribeOptions } from '../../src/cli/subscribe.ts';
import { ERROR_CODES } from '../../src/errors.ts';
import { decodeEvent, encodeEvent } from '../../src/events.ts';

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('docs/command-line.md', () => {
  it('has every option and every format', () => {
    const text = page('command-line.md');
    for (const { short, long } of addFileOptions(new Command()).options) {
      for (const flag of [short, long]) if (flag) expect(text).toMatch(new RegExp(`\\| .*\`${flag}[ \`]`));
    }
    for (const name of FORMAT_NAMES) expect(text).toContain(`\n| \`${name}\` |`);
  });

  it.each([
    ['stream', addStreamOptions],
    ['subscribe', addSubscribeOptions],
    ['listen', addListenOptions],
  ])('has every option of earshot %s', (name, addOptions) => {
    const sections = page('command-line.md').split('\n## ');
    const section = sections.find((part) => part.startsWith(`earshot ${name}\n`));
    for (const { short, long } of addOptions(new Command()).options) {
      for (const flag of [short, long]) if (flag) expect(section).toMatch(new RegExp(`\\| .*\`${flag}[ \`]`));
    }
  });
});

describe('docs/server.md', () => {
  it('has every option of earshot serve', () => {
    const program = new Command();
    addServeCommand(program);
    for (const { long } of program.commands[0].options) {
      expect(page('server.md')).toMatch(new RegExp(`^\\| .*\`${long}[ \`]`, 'm'));
    }
  });
});

describe('docs/protocol.md', () => {
  it('has a row for each limit, with its default', () => {
    const rows = [...page('protocol.md').matchAll(/^\| `(\w+)` \| ([\d,]+) .* \| .+ \|$/gm)];
    expect(Object.fromEntries(rows.map(([, name, most]) => [name, Number(most.replaceAll(',', ''))]))).toEqual(
      DEFAULT_LIMITS,
    );
  });
});

describe('docs/events.md', () => {
  it('has an example of each event, as it is written', () => {
    const examples = [...page('events.md').matchAll(/```json\n(.*)\n```/g)].map(([, line]) => line);
    const types = examples.map((line) => decodeEvent(line).type);
    expect(types.sort()).toEqual(['detection', 'error', 'file', 'frame', 'warning']);
    for (const line of examples) expect(encodeEvent(decodeEvent(line))).toBe(line);
  });
});

describe('docs/errors.md', () => {
  it('has a row for each code, and no other', () => {
    const rows = [...page('errors.md').matchAll(/^\| `(EARSHOT_\w+)`/gm)].map(([, code]) => code);
    expect(rows.sort()).toEqual([...ERROR_CODES].sort());
  });
});
