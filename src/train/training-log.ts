import { access, constants, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EarshotError } from '../errors.js';
import { writeAtomically } from './atomic-file.js';

/** One line of the log. */
export interface EpochEntry {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean loss of the epoch. */
  readonly loss: number;
  /** Mean length of the gradient before clipping. */
  readonly gradientNorm: number;
  /** Share of the validation clips that the averaged weights label right, each clip by itself. Not in every epoch. */
  readonly accuracy?: number;
  /** The same with the clips as streams, the state never reset. */
  readonly streamedAccuracy?: number;
  readonly seconds: number;
}

/**
 * Keeps the lines of the log up to the checkpoint, and returns them. What an earlier run has written stays until there is an
 * epoch to replace it: its checkpoint does so too.
 * @throws EarshotError EARSHOT_MODEL_DAMAGED, and the file system's error where nothing can be written there
 */
export async function restartLog(path: string, epochs: number): Promise<EpochEntry[]> {
  await access(dirname(path), constants.W_OK);
  if (epochs === 0) return [];
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').slice(0, epochs).filter(Boolean);
  const log = lines.map((line) => parseEntry(line, path));
  await writeLog(path, log);
  return log;
}

function parseEntry(line: string, path: string): EpochEntry {
  try {
    return JSON.parse(line);
  } catch (cause) {
    const what = `The log ${path} is damaged; start anew without resuming`;
    throw new EarshotError('EARSHOT_MODEL_DAMAGED', what, { value: path, cause });
  }
}

/** Writes a line of JSON for each epoch. */
export const writeLog = (path: string, log: readonly EpochEntry[]): Promise<void> =>
  writeAtomically(path, log.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
