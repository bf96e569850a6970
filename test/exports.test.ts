import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('../', import.meta.url);
const { exports } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));
const targets = Object.values<string | { types: string; default: string }>(exports).flatMap((target) =>
  typeof target === 'string' ? [target] : [target.types, target.default],
);

test.each(targets.filter((target) => !target.includes('*')))('%s, which the package exports, is there', (target) => {
  expect(existsSync(new URL(target, ROOT))).toBe(true);
});

test('training and evaluation can be imported', async () => {
  expect((await import('earshot/train')).train).toBeTypeOf('function');
  expect((await import('earshot/evaluate')).evaluate).toBeTypeOf('function');
});
