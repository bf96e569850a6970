import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parameterPlan } from '../../src/train/parameters.js';
import { modelConfigOf, PRESETS } from '../../src/train/recipe.js';
import { startWorker } from '../../src/train/start-worker.js';
import { teamMemory } from '../../src/train/team.js';
import type { BenchWorker } from './worker.js';

/** Two threads or processes that train together. */
export interface Trainer {
  readonly name: string;
  /** Takes so many steps of a batch. */
  run(steps: number): Promise<void>;
  close(): Promise<void>;
}

export const BATCH = 128;
const WORKERS = 2;
const STEPS = 50;
const LABELS = Array.from({ length: 12 }, (_, n) => `word ${n}`);

/** Ours, on two threads. */
export async function earshotTrainer(): Promise<Trainer> {
  const config = modelConfigOf(PRESETS.plain, LABELS);
  const common = {
    config,
    team: teamMemory(WORKERS, parameterPlan(config).floats),
    rows: BATCH / WORKERS,
    steps: STEPS,
  };
  const workers = Array.from({ length: WORKERS }, (_, index) => {
    const workerData: BenchWorker = { ...common, index };
    return startWorker(new URL('./worker', import.meta.url), workerData);
  });
  return {
    name: 'Earshot',
    run: async (steps) => {
      const done = workers.map((worker) => once(worker, 'message'));
      for (const worker of workers) worker.postMessage(steps);
      await Promise.all(done);
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** Memory that was freed is kept, so that PyTorch does not ask the kernel for fresh pages at every step. */
const KEEP_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: '1000000000',
  MALLOC_TRIM_THRESHOLD_: '2000000000',
  MALLOC_TOP_PAD_: '200000000',
};

/** Of Linux. */
const CPU_INFO = '/proc/cpuinfo';

/** The fastest that the processor can: an OpenBLAS that is older than a processor takes it for a very old one. */
function blasKernels(): Record<string, string> {
  const { OPENBLAS_CORETYPE } = process.env;
  if (OPENBLAS_CORETYPE) return { OPENBLAS_CORETYPE };
  const abilities = existsSync(CPU_INFO) ? readFileSync(CPU_INFO, 'utf8') : '';
  if (/\bavx512f\b/.test(abilities)) return { OPENBLAS_CORETYPE: 'SkylakeX' };
  if (/\bavx2\b/.test(abilities)) return { OPENBLAS_CORETYPE: 'Haswell' };
  return {};
}

/** PyTorch in two processes of one thread; undefined where it is not installed. */
export async function torchTrainer(): Promise<Trainer | undefined> {
  const python = ['/usr/bin/python3', 'python3'].find(hasTorch);
  if (!python) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'earshot-torch-'));
  const script = fileURLToPath(new URL('./opponent.py', import.meta.url));
  const env = { ...process.env, ...KEEP_MEMORY, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', ...blasKernels() };
  const processes = Array.from({ length: WORKERS }, (_, rank) =>
    spawn(python, [script, `${rank}`, join(folder, 'meeting')], { env, stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const answers = processes.map(({ stdout }) => createInterface({ input: stdout })[Symbol.asyncIterator]());
  const versions = await Promise.all(answers.map((lines) => lines.next()));
  if (versions.some(({ done }) => done)) throw new Error('PyTorch did not start');
  return {
    name: `PyTorch ${versions[0].value}`,
    run: async (steps) => {
      for (const { stdin } of processes) stdin.write(`${steps}\n`);
      await Promise.all(answers.map((lines) => lines.next()));
    },
    close: async () => {
      await Promise.all(processes.map(ended));
      rmSync(folder, { recursive: true });
    },
  };
}

function hasTorch(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  if (child.exitCode === null) await once(child, 'exit');
}
