import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();

/** Writes figures to docs/results/NAME.json, with all that is needed to judge them. */
export function writeResult(name: string, loadBefore: number, figures: object): void {
  mkdirSync('docs/results', { recursive: true });
  const result = {
    date: new Date().toISOString(),
    commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' with changes'),
    command: ['tsx', ...process.argv.slice(1).map((arg) => arg.replace(`${process.cwd()}/`, ''))].join(' '),
    machine: {
      processor: cpus()[0].model,
      cores: cpus().length,
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      loadBefore,
    },
    ...figures,
  };
  writeFileSync(`docs/results/${name}.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(JSON.stringify(result, undefined, 2));
}

/** Load of the machine by others, before anything is measured: processes that want to run, over one minute. */
export const loadBefore = (): number => loadavg()[0];
