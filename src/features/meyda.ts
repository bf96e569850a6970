import Meyda from 'meyda';
import type { KernelMemory } from '../kernels/memory.js';
import type { Extractor, ExtractorConfig } from './extractor.js';

/** What is used of Meyda. (Its own types describe another shape of module than the one that Node loads.) */
export interface MeydaCopy {
  extract(feature: 'mfcc', signal: Float32Array): number[];
  /** Multiplies a signal by the named window. */
  windowing(signal: Float32Array, window: string): number[];
  /** One row of weights over the bins for each mel band; there after the first `extract`. */
  melFilterBank: number[][];
}

/** MFCCs by `Meyda.extract`. It allocates, so it is for checking and comparing rather than for the audio thread. */
export class MeydaExtractor implements Extractor {
  readonly #memory: KernelMemory;
  readonly #meyda: MeydaCopy;
  readonly #frame: Float32Array;
  readonly #gain: number;

  constructor(memory: KernelMemory, config: ExtractorConfig) {
    this.#memory = memory;
    this.#meyda = configuredMeyda(config);
    this.#frame = new Float32Array(config.frameSamples);
    this.#gain = config.inputGain;
  }

  extract(samples: number, out: number): void {
    const { f32 } = this.#memory;
    const frame = this.#frame;
    for (let i = 0; i < frame.length; i++) frame[i] = f32[(samples >> 2) + i] * this.#gain;
    f32.set(this.#meyda.extract('mfcc', frame), out >> 2);
  }
}

/**
 * A private copy of Meyda with these parameters. Meyda keeps one global configuration and does not rebuild its mel
 * bank when that changes, so every set of parameters needs a copy of its own.
 */
export function configuredMeyda(config: ExtractorConfig): MeydaCopy {
  const parameters = {
    sampleRate: config.sampleRate,
    bufferSize: config.frameSamples,
    melBands: config.melBands,
    numberOfMFCCCoefficients: config.coefficients,
    windowingFunction: config.windowing,
    melFilterBank: undefined,
    barkScale: undefined,
    chromaFilterBank: undefined,
  };
  const copy = Object.assign({}, Meyda, parameters) as unknown as MeydaCopy;
  copy.extract('mfcc', new Float32Array(config.frameSamples));
  return copy;
}
