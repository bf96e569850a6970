import { basename } from 'node:path';
import { type BadFile, badFile } from '../recordings/bad-file.js';
import { soundFiles } from '../recordings/files.js';
import { readSound, type Sound } from '../recordings/sound.js';

/** A noise to mix with clips, in memory that all threads share. */
export interface Noise extends Sound {
  name: string;
}

/**
 * Reads all noises below some paths.
 * @param report told of each file that cannot be read
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND for a path that does not exist
 */
export async function readNoises(paths: readonly string[], report: (file: BadFile) => void): Promise<Noise[]> {
  const noises: Noise[] = [];
  for (const path of await soundFiles(paths)) {
    try {
      const { samples, sampleRate } = await readSound(path);
      noises.push({ name: basename(path), samples: shared(samples), sampleRate });
    } catch (error) {
      report(badFile(path, error));
    }
  }
  return noises;
}

function shared(samples: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(samples.byteLength));
  copy.set(samples);
  return copy;
}
