import { Worker } from 'node:worker_threads';

/**
 * Starts a thread on a module: compiled, or from its source where this is not compiled either, as in tests. Node 20 gives
 * a thread neither its parent's hooks for TypeScript nor those of `--import tsx`, so that it has to ask for them itself.
 * @param module its URL without the extension
 */
export function startWorker(module: URL, workerData: unknown): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`${module.href}.js`), { workerData });
  const fromSource = `import('tsx/esm/api').then(({ register }) => {
    register();
    return import(${JSON.stringify(`${module.href}.ts`)});
  })`;
  return new Worker(fromSource, { eval: true, workerData });
}
