import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { EarshotError, unexpected } from '../errors.js';
import { type LoadOptions, loadModel, type Model } from '../model.js';

/** The model that is used where none is named. */
export const DEFAULT_MODEL = 'commands';

const BUNDLED = new URL('../../models/', import.meta.url);

/** Where a model lies: the path itself, or that of the model with this name that comes with the package. */
export function modelPath(pathOrName: string): string {
  return isName(pathOrName) ? fileURLToPath(new URL(`${pathOrName}.safetensors`, BUNDLED)) : pathOrName;
}

/**
 * Opens a model by its path, or by the name of one that comes with the package ("commands"). A name has small letters,
 * digits and hyphens only; put "./" before the path of a file that is called so.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT, EARSHOT_MODEL_NOT_FOUND, EARSHOT_MODEL_DAMAGED, EARSHOT_MODEL_TOO_NEW
 */
export async function openModel(pathOrName: string = DEFAULT_MODEL, options: LoadOptions = {}): Promise<Model> {
  return loadModel(await readModel(pathOrName), options);
}

/** The names of the models that come with the package. */
async function bundledNames(): Promise<string[]> {
  const names = (await readdir(BUNDLED)).map((file) => /^(.+)\.safetensors$/.exec(file)?.[1]);
  return names.filter((name) => name !== undefined).sort();
}

const isName = (pathOrName: string): boolean => /^[a-z0-9-]+$/.test(pathOrName);

/** The bytes of a model, found as `openModel` does. @throws EarshotError EARSHOT_MODEL_NOT_FOUND */
export async function readModel(pathOrName: string): Promise<Uint8Array> {
  if (typeof pathOrName !== 'string') {
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'model', 'a path or the name of a model', pathOrName);
  }
  try {
    return await readFile(modelPath(pathOrName));
  } catch (cause) {
    const what = isName(pathOrName)
      ? `No model ${pathOrName} comes with Earshot, only ${(await bundledNames()).join(', ')}`
      : `No model can be read there: ${(cause as Error).message}`;
    throw new EarshotError('EARSHOT_MODEL_NOT_FOUND', what, { value: pathOrName, cause });
  }
}
