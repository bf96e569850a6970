import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EarshotError, type ModelInfo, modelInfo } from 'earshot';
import { DEFAULT_MODEL, openModel } from 'earshot/node';

const ENDING = '.safetensors';

/** Models that a server offers. */
export interface ModelShelf {
  /** Names and paths. */
  paths: [name: string, path: string][];
  infos: ReadonlyMap<string, ModelInfo>;
  /** Name of the one for clients that name none, and its path. */
  defaultModel: string;
  defaultPath: string;
}

/**
 * Reads the models of a directory, each named by its file, or the one that comes with Earshot.
 * @throws EarshotError EARSHOT_MODEL_NOT_FOUND, EARSHOT_MODEL_DAMAGED, EARSHOT_MODEL_TOO_NEW
 */
export async function readModels(directory: string | undefined): Promise<ModelShelf> {
  const paths =
    directory === undefined ? [[DEFAULT_MODEL, DEFAULT_MODEL] as [string, string]] : await pathsIn(directory);
  const infos = new Map<string, ModelInfo>();
  for (const [name, path] of paths) infos.set(name, { ...(await readInfo(path)), name });
  const [defaultModel, defaultPath] = paths.find(([name]) => name === DEFAULT_MODEL) ?? paths[0];
  return { paths, infos, defaultModel, defaultPath };
}

async function readInfo(path: string): Promise<ModelInfo> {
  try {
    return modelInfo(await openModel(path));
  } catch (cause) {
    if (!(cause instanceof EarshotError)) throw cause;
    throw new EarshotError(cause.code, `${path}: ${cause.message}`, { value: path, cause });
  }
}

async function pathsIn(directory: string): Promise<[string, string][]> {
  const files = await readdir(directory).catch((cause) => {
    const what = `The directory of models cannot be read: ${cause.message}`;
    throw new EarshotError('EARSHOT_MODEL_NOT_FOUND', what, { value: directory, cause });
  });
  const names = files.filter((file) => file.endsWith(ENDING)).sort();
  if (names.length === 0) {
    throw new EarshotError('EARSHOT_MODEL_NOT_FOUND', `There is no *${ENDING} in ${directory}`, { value: directory });
  }
  return names.map((file) => [file.slice(0, -ENDING.length), join(directory, file)]);
}
