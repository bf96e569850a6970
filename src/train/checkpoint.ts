import { readFile } from 'node:fs/promises';
import { EarshotError } from '../errors.js';
import { readSafetensors, type Tensor, type TensorFile, writeSafetensors } from '../rnn/safetensors.js';
import { writeAtomically } from './atomic-file.js';
import type { FeatureStatistics } from './network/network.js';
import type { OptimiserState } from './optimiser.js';

/** A run after some epochs: all that is needed to go on to the identical result. */
export interface Checkpoint {
  /** Epochs that are done. */
  readonly epochs: number;
  readonly statistics: FeatureStatistics;
  readonly state: OptimiserState;
}

/** The key in the metadata of a checkpoint, which is a safetensors file. */
const KEY = 'earshot-training';
const VECTORS = ['weights', 'average', 'first', 'second'] as const;

/** @param run what the run depends on; `readCheckpoint` goes on with nothing else */
export async function writeCheckpoint(path: string, run: object, checkpoint: Checkpoint): Promise<void> {
  const { epochs, statistics, state } = checkpoint;
  const tensors = new Map<string, Tensor>();
  const add = (name: string, values: Float32Array) => tensors.set(name, { shape: [values.length], values });
  add('mean', statistics.mean);
  add('deviation', statistics.deviation);
  for (const name of VECTORS) add(name, state[name]);
  const metadata = { [KEY]: JSON.stringify({ epochs, steps: state.steps, run }) };
  await writeAtomically(path, writeSafetensors({ metadata, tensors }));
}

/**
 * Reads a checkpoint; undefined if there is none.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT where it belongs to another run, EARSHOT_MODEL_DAMAGED
 */
export async function readCheckpoint(path: string, run: object): Promise<Checkpoint | undefined> {
  const bytes = await readFile(path).catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!bytes) return undefined;
  const { metadata, tensors } = contentOf(bytes, path);
  const { epochs, steps, run: saved } = JSON.parse(metadata[KEY] ?? '{}');
  const different = differences(saved ?? {}, JSON.parse(JSON.stringify(run)));
  if (different.length > 0) {
    const what = `The checkpoint ${path} was made with other settings (${different.join(', ')})`;
    throw new EarshotError('EARSHOT_BAD_ARGUMENT', `${what}; use the same ones, or start anew without resuming`);
  }
  const vector = (name: string) => tensors.get(name)?.values as Float32Array<ArrayBuffer>;
  return {
    epochs,
    statistics: { mean: vector('mean'), deviation: vector('deviation') },
    state: {
      steps,
      weights: vector('weights'),
      average: vector('average'),
      first: vector('first'),
      second: vector('second'),
    },
  };
}

function contentOf(bytes: Uint8Array, path: string): TensorFile {
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    const what = `The checkpoint ${path} is damaged; start anew without resuming`;
    throw new EarshotError('EARSHOT_MODEL_DAMAGED', what, { value: path, cause });
  }
}

const differences = (a: Record<string, unknown>, b: Record<string, unknown>): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]),
  );
