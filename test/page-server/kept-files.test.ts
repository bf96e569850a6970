import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptFiles } from '../../src/page-server/kept-files.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-kept-'));
  path = join(folder, 'one');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('KeptFiles', () => {
  it('gives the same bytes to all, without reading them again', async () => {
    writeFileSync(path, 'abc');
    const files = new KeptFiles();
    const all = await Promise.all(Array.from({ length: 50 }, () => files.get(path)));
    const bytes = await Promise.all(all.map((file) => file?.bytes));
    expect(bytes[0]).toEqual(readFileSync(path));
    expect(new Set(bytes).size).toBe(1);
    expect(await (await files.get(path))?.bytes).toBe(bytes[0]);
  });

  it('reads a file again once it has changed', async () => {
    writeFileSync(path, 'abc');
    const files = new KeptFiles();
    const before = await files.get(path);
    await before?.bytes;
    writeFileSync(path, 'xyz');
    utimesSync(path, 1, 1);
    const after = await files.get(path);
    expect(after?.tag).not.toBe(before?.tag);
    expect(String(await after?.bytes)).toBe('xyz');
  });

  it('does not keep what could not be read, and knows no folders', async () => {
    const files = new KeptFiles();
    expect(await files.get(path)).toBeUndefined();
    expect(await files.get(folder)).toBeUndefined();
    writeFileSync(path, 'abc');
    const file = files.get(path);
    expect(String(await (await file)?.bytes)).toBe('abc');
  });
});
