import { basename } from 'node:path';
import { type BadFile, badFile } from '../recordings/bad-file.js';
import { soundFiles } from '../recordings/files.js';
import { readSound, type Sound } from '../recordings/sound.js';

/** A noise to mix with clips, in memory that all threads share. */
export interface Noise extends Sound {
  /** Of its file; the whole path where another file has the same name. */
  name: string;
}

/**
 * Reads all noises below some paths.
 * @param report told of each file that cannot be read
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND for a path that does not exist
 */
export async function readNoises(paths: readonly string[], report: (file: BadFile) => void): Promise<Noise[]> {
  const noises: Noise[] = [];
  const files = await soundFiles(paths);
  const names = files.map((path) => basename(path));
  for (const [n, path] of files.entries()) {
    try {
      const { samples, sampleRate } = await readSound(path);
      const isAlone = names.indexOf(names[n]) === names.lastIndexOf(names[n]);
      noises.push({ name: isAlone ? names[n] : path, samples: shared(samples), sampleRate });
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
