import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The blocks of code in a page that are in some language. */
export function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, code]) => code);
}

/** What a program of TypeScript prints. */
export async function outputOf(code: string): Promise<string> {
  const file = join(ROOT, `snippet-${randomUUID()}.ts`);
  writeFileSync(file, code);
  try {
    return (await promisify(execFile)(process.execPath, ['--import', 'tsx', file], { cwd: ROOT })).stdout;
  } finally {
    rmSync(file);
  }
}
