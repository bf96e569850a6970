import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { EarshotError } from '../errors.js';
import { type LoadOptions, loadModel, type Model } from '../model.js';

/** The model that is used where none is named. */
export const DEFAULT_MODEL = 'commands';

const BUNDLED = new URL('../../models/', import.meta.url);

/**
 * Opens a model by its path, or by the name of one that comes with the package ("commands").
 * @throws EarshotError EARSHOT_MODEL_NOT_FOUND, EARSHOT_MODEL_DAMAGED, EARSHOT_MODEL_TOO_NEW
 */
export async function openModel(pathOrName: string = DEFAULT_MODEL, options: LoadOptions = {}): Promise<Model> {
  const isName = /^[a-z0-9-]+$/.test(pathOrName);
  const path = isName ? fileURLToPath(new URL(`${pathOrName}.safetensors`, BUNDLED)) : pathOrName;
  return loadModel(await read(path, pathOrName), options);
}

async function read(path: string, asked: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new EarshotError('EARSHOT_MODEL_NOT_FOUND', `No model at ${path}`, { value: asked, cause });
  }
}
