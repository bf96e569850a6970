import { ResamplerFilter } from './audio/resampler.js';
import type { ChannelOptions } from './channel.js';
import type { ModelConfig } from './config.js';
import { checkOptions, unexpected } from './errors.js';
import { createExtractor, type Extractor, type ExtractorName } from './features/extractor.js';
import { bestKernels } from './kernels/best.js';
import type { Kernels } from './kernels/kernels.js';
import { type ModelFile, readModelFile } from './model-file.js';
import { Network } from './rnn/network.js';
import { networkWeights } from './rnn/weights.js';
import { Spotter } from './spotter.js';
import { SpotterPool } from './spotter-pool.js';

export interface LoadOptions {
  /** `simd` (WebAssembly) where the host has it and `plain` TypeScript elsewhere; `plain` everywhere if asked for. */
  kernels?: 'simd' | 'plain';
}

/**
 * Reads a model: a safetensors file with its parameters in the metadata key `earshot`.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT, EARSHOT_MODEL_DAMAGED, EARSHOT_MODEL_TOO_NEW
 */
export async function loadModel(bytes: Uint8Array, options: LoadOptions = {}): Promise<Model> {
  return buildModel(readModelFile(bytes), options);
}

/**
 * Readies a model that `readModelFile` has read, perhaps on another thread.
 * @throws EarshotError EARSHOT_MODEL_DAMAGED where its tensors do not fit its parameters
 */
export async function buildModel(file: ModelFile, options: LoadOptions = {}): Promise<Model> {
  checkOptions('options', options, ['kernels']);
  return new Model(file, await bestKernels(options.kernels));
}

/** @throws EarshotError EARSHOT_BAD_ARGUMENT for what is no model, such as a path */
export function checkModel(model: unknown): asserts model is Model {
  if (!(model instanceof Model)) throw unexpected('EARSHOT_BAD_ARGUMENT', 'model', 'a Model', model);
}

/** Weights and biases; not the constants of the normalisation and of 8-bit weights. */
function countParameters({ tensors }: ModelFile): number {
  const trained = [...tensors].filter(([name]) => !name.startsWith('feature_') && !name.endsWith('_scale'));
  return trained.reduce((sum, [, { values }]) => sum + values.length, 0);
}

/** Weights and parameters, shared by everything that listens with them. */
export class Model {
  readonly config: ModelConfig;
  /** What it was made from, for other threads and processes to make it from too. */
  readonly file: ModelFile;
  /** CRC-32 of the file. */
  readonly fingerprint: number;
  /** How many numbers were trained. */
  readonly parameters: number;
  readonly kernels: Kernels;
  readonly network: Network;
  readonly #extractors = new Map<ExtractorName, Extractor>();
  readonly #filters = new Map<number, ResamplerFilter>();

  /** Use `loadModel`. */
  constructor(file: ModelFile, kernels: Kernels) {
    const { config, fingerprint } = file;
    const weights = networkWeights(config, file.tensors);
    this.file = file;
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
    const extractor = createExtractor(name, this.kernels, this.config);
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
