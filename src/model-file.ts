import { crc32 } from './checksum.js';
import { type ModelConfig, parseModelConfig } from './config.js';
import { EarshotError, unexpected } from './errors.js';
import { readSafetensors, type Tensor, type TensorFile } from './rnn/safetensors.js';

/** What a model's file says, read and checked: plain data, which can be posted to another thread. */
export interface ModelFile {
  readonly config: ModelConfig;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** CRC-32 of the file. */
  readonly fingerprint: number;
}

/**
 * Reads a safetensors file with the model's parameters in the metadata key `earshot`.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT, EARSHOT_MODEL_DAMAGED, EARSHOT_MODEL_TOO_NEW
 */
export function readModelFile(bytes: Uint8Array): ModelFile {
  if (!(bytes instanceof Uint8Array)) throw unexpected('EARSHOT_BAD_ARGUMENT', 'model', 'a Uint8Array', bytes);
  const file = readSafetensors(bytes);
  return { config: parseModelConfig(parametersOf(file)), tensors: file.tensors, fingerprint: crc32(bytes) };
}

function parametersOf({ metadata }: TensorFile): unknown {
  const text = metadata.earshot;
  if (text === undefined) {
    throw new EarshotError('EARSHOT_MODEL_DAMAGED', 'The file has no parameters: its metadata lacks the key `earshot`');
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EarshotError('EARSHOT_MODEL_DAMAGED', "The model's parameters are not JSON", { value: text, cause });
  }
}
