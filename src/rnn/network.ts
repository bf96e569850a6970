import type { ModelConfig } from '../config.js';
import type { Kernels } from '../kernels/kernels.js';
import { SlotLayout } from '../kernels/slot.js';
import { Convolution } from './convolution.js';
import { ElmanLayer } from './elman.js';
import { GruLayer, GruResetFirstLayer } from './gru.js';
import { LstmLayer } from './lstm.js';
import { Normalisation } from './normalisation.js';
import { OutputLayer } from './output.js';
import { type LayerInspection, RecurrentLayer } from './recurrent.js';
import { BATCH, type Stage } from './stage.js';
import type { NetworkWeights } from './weights.js';

/** A field of a slot: byte offset and how many 32-bit floats. */
export interface Activations {
  readonly offset: number;
  readonly size: number;
}

/**
 * The classifier: normalisation, causal convolutions, recurrent layers, dense layer, softmax. Weights are shared by all
 * streams; all that a stream remembers lies in its slot, so that a step needs the slots' addresses and nothing else.
 */
export class Network {
  /** The fields of the network in a slot; they come first. */
  readonly layout = new SlotLayout();
  /** Byte offset where the front end leaves the MFCCs. */
  readonly features: number;
  /** Byte offset of the posteriors, one a label. */
  readonly posteriors: number;
  /** Where the MFCCs and then the hidden states of the recurrent layers, from the input up, stand in a slot. */
  readonly activations: readonly Activations[];
  readonly #stages: Stage[];
  readonly #batch = new Int32Array(BATCH);

  constructor(kernels: Kernels, config: ModelConfig, weights: NetworkWeights) {
    const { layout } = this;
    this.features = layout.float32(config.coefficients);
    this.#stages = [new Normalisation(kernels, layout, this.features, weights.mean, weights.deviation)];
    weights.convolutions.forEach((convolution, n) => {
      const { stride } = config.convolutions[n];
      this.#stages.push(new Convolution(kernels, layout, this.#last, convolution, stride));
    });
    const Layer = layerClass(config);
    for (const layer of weights.recurrent) {
      this.#stages.push(new Layer(kernels, layout, this.#last, layer, config.hiddenSize));
    }
    const output = new OutputLayer(kernels, layout, this.#last, weights.dense);
    this.#stages.push(output);
    this.posteriors = output.output;
    this.activations = [
      { offset: this.features, size: config.coefficients },
      ...this.#recurrent.map((layer) => ({ offset: layer.output, size: layer.outputSize })),
    ];
  }

  get #last(): Stage {
    return this.#stages[this.#stages.length - 1];
  }

  /**
   * Classifies the features of the first n slots of `slots`. A stream that a strided convolution holds back keeps its
   * posteriors. Each stream's result is the same whatever streams it is stepped with. Allocates nothing.
   */
  step(slots: Int32Array, n: number): void {
    const batch = this.#batch;
    for (let first = 0; first < n; first += BATCH) {
      let active = Math.min(BATCH, n - first);
      for (let s = 0; s < active; s++) batch[s] = slots[first + s];
      for (let i = 0; i < this.#stages.length && active > 0; i++) active = this.#stages[i].step(batch, active);
    }
  }

  /** What each recurrent layer of a stream holds, from the input up. */
  inspect(slot: number): LayerInspection[] {
    return this.#recurrent.map((layer) => layer.inspect(slot));
  }

  get #recurrent(): RecurrentLayer[] {
    return this.#stages.filter((stage) => stage instanceof RecurrentLayer);
  }
}

function layerClass(config: ModelConfig) {
  if (config.cell === 'rnn') return ElmanLayer;
  if (config.cell === 'lstm') return LstmLayer;
  return config.linearBeforeReset ? GruLayer : GruResetFirstLayer;
}
