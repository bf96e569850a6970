import { ResamplerFilter } from './audio/resampler.js';
import type { ChannelOptions } from './channel.js';
import { crc32 } from './checksum.js';
import { type ModelConfig, parseModelConfig } from './config.js';
import { EarshotError } from './errors.js';
import { createExtractor, type Extractor, type ExtractorName } from './features/extractor.js';
import type { Kernels } from './kernels/kernels.js';
import { plainKernels } from './kernels/plain.js';
import { simdKernels } from './kernels/simd.js';
import { Network } from './rnn/network.js';
import { readSafetensors, type TensorFile } from './rnn/safetensors.js';
import { networkWeights } from './rnn/weights.js';
import { Spotter } from './spotter.js';
import { SpotterPool } from './spotter-pool.js';

export interface LoadOptions {
  /** `simd` (WebAssembly) where the host has it and `plain` TypeScript elsewhere, unless one is asked for. */
  kernels?: 'simd' | 'plain';
}

/**
 * Reads a model: a safetensors file with its parameters in the metadata key `earshot`.
 * @throws EarshotError EARSHOT_MODEL_DAMAGED, EARSHOT_MODEL_TOO_NEW
 */
export async function loadModel(bytes: Uint8Array, options: LoadOptions = {}): Promise<Model> {
  const file = readSafetensors(bytes);
  const config = parseModelConfig(parametersOf(file));
  const kernels = options.kernels === 'plain' ? plainKernels() : ((await simdKernels()) ?? plainKernels());
  return new Model(config, file, crc32(bytes), kernels);
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

/** Weights and biases; not the constants of the normalisation and of 8-bit weights. */
function countParameters({ tensors }: TensorFile): number {
  const trained = [...tensors].filter(([name]) => !name.startsWith('feature_') && !name.endsWith('_scale'));
  return trained.reduce((sum, [, { values }]) => sum + values.length, 0);
}

/** Weights and parameters, shared by everything that listens with them. */
export class Model {
  readonly config: ModelConfig;
  /** CRC-32 of the file. */
  readonly fingerprint: number;
  /** How many numbers were trained. */
  readonly parameters: number;
  readonly kernels: Kernels;
  readonly network: Network;
  readonly #extractors = new Map<ExtractorName, Extractor>();
  readonly #filters = new Map<number, ResamplerFilter>();

  /** Use `loadModel`. */
  constructor(config: ModelConfig, file: TensorFile, fingerprint: number, kernels: Kernels) {
    const weights = networkWeights(config, file.tensors);
    this.config = config;
    this.fingerprint = fingerprint;
    this.parameters = countParameters(file);
    this.kernels = kernels;
    this.network = new Network(kernels, config, weights);
  }

  get labels(): readonly string[] {
    return this.config.labels;
  }

  /** A spotter for one channel of audio. @throws EarshotError EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT */
  spotter(options: ChannelOptions = {}): Spotter {
    return new Spotter(this, options);
  }

  /** Spotters for many channels, whose networks are stepped together. */
  pool(): SpotterPool {
    return new SpotterPool(this);
  }

  /** One for all channels: extractors remember nothing. */
  extractor(name: ExtractorName): Extractor {
    const known = this.#extractors.get(name);
    if (known) return known;
    const extractor = createExtractor(name, this.config);
    this.#extractors.set(name, extractor);
    return extractor;
  }

  /** One for all channels of a rate; undefined for the model's own, which needs none. */
  resamplerFilter(sampleRate: number): ResamplerFilter | undefined {
    if (sampleRate === this.config.sampleRate) return undefined;
    const known = this.#filters.get(sampleRate);
    if (known) return known;
    const filter = new ResamplerFilter(this.kernels, sampleRate, this.config.sampleRate);
    this.#filters.set(sampleRate, filter);
    return filter;
  }
}
