import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EarshotError } from '../../src/errors.ts';
import { ADVICE, adviceFor } from '../../web/advice.ts';

const ROOT = new URL('../../', import.meta.url);

/** The codes that the sources in a folder name, where they throw them and where they say what they throw. */
function codesIn(folder: string): string[] {
  const files = readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' });
  // The page subscribes to nothing.
  const sources = files.filter((file) => file.endsWith('.ts') && !['advice.ts', 'subscription.ts'].includes(file));
  const text = sources.map((file) => readFileSync(new URL(folder + file, ROOT), 'utf8')).join('\n');
  return text.match(/EARSHOT_\w+/g) ?? [];
}

it('has advice for every error that can reach a page', () => {
  const codes = new Set(['src/browser/', 'src/client/', 'src/worklet/', 'worklets/', 'web/'].flatMap(codesIn));
  expect(codes.size).toBeGreaterThan(9);
  expect([...codes].filter((code) => !Object.hasOwn(ADVICE, code))).toEqual([]);
});

it('tells the code too, for whoever helps', () => {
  const { title, advice, code } = adviceFor(new EarshotError('EARSHOT_MICROPHONE_DENIED', 'No'));
  expect(code).toBe('EARSHOT_MICROPHONE_DENIED');
  expect(title).toContain('not allowed');
  expect(advice).toContain('Allow it');
});

it('has words for what nobody foresaw', () => {
  expect(adviceFor(new TypeError('x is undefined')).code).toBe('x is undefined');
  expect(adviceFor('no').title).not.toBe('');
});
