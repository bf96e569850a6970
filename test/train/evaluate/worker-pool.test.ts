import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WorkerPool } from '../../../src/train/evaluate/worker-pool.ts';
import { smallModelBytes } from '../../helpers/models.ts';

const poolOf = (size: number): WorkerPool => {
  const pool = new WorkerPool(size, { model: smallModelBytes(), seed: 1, noises: [] });
  onTestFinished(() => pool.close());
  return pool;
};

describe('WorkerPool', () => {
  it('does more jobs than it has workers, and gives each its own result', async () => {
    const pool = poolOf(2);
    const paths = ['/no/1.wav', '/no/2.wav', '/no/3.wav', '/no/4.wav', '/no/5.wav'];
    const results = await Promise.all(paths.map((path) => pool.run('hearNegatives', { paths: [path] })));
    expect(results).toEqual(paths.map((path) => [expect.objectContaining({ path, code: 'EARSHOT_FILE_NOT_FOUND' })]));
  });

  it('fails with what a job throws', async () => {
    const clip = { path: '/no/where.wav', label: 'yes', speaker: undefined, split: undefined };
    await expect(poolOf(1).run('labelStream', { clips: [clip] })).rejects.toThrow('There is no file');
  });

  it('can be closed at any moment of its start', async () => {
    for (let milliseconds = 0; milliseconds <= 400; milliseconds += 50) {
      const pool = poolOf(2);
      void pool.run('hearNegatives', { paths: ['/no/1.wav'] });
      await sleep(milliseconds);
      await pool.close();
    }
  });
});
