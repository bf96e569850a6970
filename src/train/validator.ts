import type { ModelConfig } from '../config.js';
import { readFromBank } from './data/sample-bank.js';
import type { TrainingData, WordClip } from './data/training-data.js';
import { clipLength, segmentSamples } from './frames.js';
import { posteriors } from './loss.js';
import type { TrainingNetwork } from './network/network.js';
import type { SegmentExtractor } from './segment-extractor.js';

/** Clips that were labelled right. */
export interface Right {
  /** Each clip heard by a fresh network. */
  readonly clip: number;
  /** The clips of each row heard as one stream, in the order given, the state never reset. */
  readonly streamed: number;
  readonly clips: number;
}

/** Labels clips by the clip rule (docs/evaluation.md): the largest mean posterior over its last frames, or over all that it has. */
export class Validator {
  readonly #network: TrainingNetwork;
  readonly #config: ModelConfig;
  /** Labels of each batch's rows; fewer than rows in the last one. */
  readonly #labels: number[][] = [];
  readonly #features: Float32Array[] = [];

  constructor(
    { network, extractor }: { network: TrainingNetwork; extractor: SegmentExtractor },
    config: ModelConfig,
    data: TrainingData,
    clips: readonly WordClip[],
  ) {
    const { rows } = network.logits;
    const samples = new Float32Array(segmentSamples(config));
    this.#network = network;
    this.#config = config;
    for (let first = 0; first < clips.length; first += rows) {
      const batch = clips.slice(first, first + rows);
      const features = new Float32Array(network.features.values.length);
      batch.forEach((clip, row) => {
        samples.fill(0);
        readClip(data, clip, samples.subarray(0, config.sampleRate));
        // What follows in the stream of this row: the last frame reaches into it.
        if (first + rows + row < clips.length) {
          readClip(data, clips[first + rows + row], samples.subarray(config.sampleRate));
        }
        extractor.extract(samples, features, rows, row);
      });
      this.#features.push(features);
      this.#labels.push(batch.map(({ label }) => label));
    }
  }

  /** With the parameters at an address. */
  run(weights: number): Right {
    if (this.#labels.length === 0) return { clip: 0, streamed: 0, clips: 0 };
    const clips = this.#labels.reduce((sum, { length }) => sum + length, 0);
    return { clip: this.#pass(weights, false), streamed: this.#pass(weights, true), clips };
  }

  #pass(weights: number, isStreamed: boolean): number {
    const { rows } = this.#network.logits;
    const fresh = new Int32Array(rows).fill(-1);
    const before = Int32Array.from(fresh, (_, row) => row);
    const last = this.#labels.length - 1;
    // The first clips follow some too: the last ones, each one of another row, where there is one batch only.
    const neighbours = before.map((row) => (row + 1) % this.#labels[last].length);
    if (isStreamed) this.#hear(weights, last, fresh);
    let right = 0;
    this.#labels.forEach((labels, batch) => {
      const streamed = batch === 0 ? neighbours : before;
      this.#hear(weights, batch, isStreamed ? streamed : fresh);
      labels.forEach((label, row) => {
        if (this.#decide(row) === label) right++;
      });
    });
    return right;
  }

  #hear(weights: number, batch: number, sources: Int32Array): void {
    this.#network.carry(sources);
    this.#network.features.values.set(this.#features[batch]);
    this.#network.forward(weights);
  }

  #decide(row: number): number {
    const { values, steps, rows, size } = this.#network.logits;
    const stride = this.#network.features.steps / steps;
    const end = clipLength(this.#config);
    const one = new Float64Array(size);
    const sum = new Float64Array(size);
    for (let frame = Math.max(0, end - this.#config.decision.clipFrames); frame < end; frame++) {
      posteriors(values, (Math.floor(frame / stride) * rows + row) * size, one);
      for (let l = 0; l < size; l++) sum[l] += one[l];
    }
    return sum.indexOf(Math.max(...sum));
  }
}

function readClip({ samples }: TrainingData, { offset, length }: WordClip, out: Float32Array): void {
  readFromBank(samples, offset, out.subarray(0, Math.min(length, out.length)));
}
