import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import * as core from '../../src/index.ts';
import * as node from '../../src/node/index.ts';

describe('earshot/node', () => {
  it('has everything that earshot has', () => {
    expect(Object.keys(node)).toEqual(expect.arrayContaining(Object.keys(core)));
  });

  it('opens no sound device and loads no native code when it is imported', () => {
    const script = `
      await import('./src/node/index.ts');
      const { sharedObjects } = process.report.getReport();
      console.log(JSON.stringify(sharedObjects.filter((path) => /asound|web-audio/.test(path))));
    `;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const cwd = new URL('../../', import.meta.url);
    expect(JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: 'utf8' }))).toEqual([]);
  });
});
