import { build } from 'esbuild';
import { expect, it } from 'vitest';

const THREADS = ['src/train/worker.ts', 'src/train/evaluate/worker.ts', 'server/engine/thread.ts'];

// Node 20 can crash where a thread is ended while a module of it waits at its top level. esbuild refuses that in CommonJS.
it.each(THREADS)('%s waits for nothing at its top level, nor does what it imports of ours', async (thread) => {
  const bundle = build({
    entryPoints: [thread],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    alias: { 'earshot/node': './src/node/index.ts' },
    logLevel: 'silent',
  });
  await expect(bundle).resolves.toMatchObject({ errors: [] });
});
