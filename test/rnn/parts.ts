import { type ModelConfig, parseModelConfig } from '../../src/config.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import type { Network } from '../../src/rnn/network.ts';
import { readSafetensors, type TensorFile } from '../../src/rnn/safetensors.ts';
import { type NetworkWeights, networkWeights } from '../../src/rnn/weights.ts';
import { take } from '../helpers/kernels.ts';
import { type SmallConfig, smallModelBytes } from '../helpers/models.ts';

/** A small random model, taken apart. */
export function smallNetworkParts(
  changes: SmallConfig,
  seed = 1,
): { config: ModelConfig; tensors: TensorFile['tensors']; weights: NetworkWeights } {
  const { metadata, tensors } = readSafetensors(smallModelBytes(changes, seed));
  const config = parseModelConfig(JSON.parse(metadata.earshot));
  return { config, tensors, weights: networkWeights(config, tensors) };
}

/** A network with streams that are fed by hand. */
export class Streams {
  readonly network: Network;
  readonly slots: Int32Array;
  readonly #kernels: Kernels;
  readonly #labels: number;

  constructor(kernels: Kernels, network: Network, labels: number, count: number) {
    this.#kernels = kernels;
    this.network = network;
    this.#labels = labels;
    this.slots = Int32Array.from({ length: count }, () => kernels.memory.allocate(network.layout.bytes));
  }

  feed(stream: number, features: ArrayLike<number>): void {
    this.#kernels.memory.f32.set(features, (this.slots[stream] + this.network.features) >> 2);
  }

  step(...streams: number[]): void {
    this.network.step(
      Int32Array.from(streams, (s) => this.slots[s]),
      streams.length,
    );
  }

  posteriors(stream: number): Float32Array {
    return take(this.#kernels, this.slots[stream] + this.network.posteriors, this.#labels);
  }

  inspect(stream: number) {
    return this.network.inspect(this.slots[stream]);
  }

  /** Everything that the stream remembers. */
  state(stream: number): Int8Array {
    const from = this.slots[stream];
    return this.#kernels.memory.i8.slice(from, from + this.network.layout.bytes);
  }

  forget(stream: number): void {
    const from = this.slots[stream];
    this.#kernels.memory.i8.fill(0, from, from + this.network.layout.bytes);
  }
}
