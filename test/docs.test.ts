import { describe, expect, it } from 'vitest';
import { blocksOf, outputOf } from './helpers/snippets.ts';

describe('docs/library.md', () => {
  const blocks = blocksOf('docs/library.md', 'ts');

  it('has code to try', () => {
    expect(blocks.length).toBeGreaterThan(2);
  });

  it.each(blocks)('has code that runs as it stands: %#', async (code) => {
    expect(await outputOf(code)).not.toBe('');
  });
});
