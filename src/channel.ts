import type { Samples } from './audio/pcm.js';
import { checkSampleRate } from './audio/rates.js';
import { type DecisionConfig, type ModelConfig, reconfigured, withDecision } from './config.js';
import { Decider } from './decide.js';
import { checkOptions, EarshotError, unexpected } from './errors.js';
import type { ExtractorName } from './features/extractor.js';
import { FrontEnd } from './front-end.js';
import { SlotLayout } from './kernels/slot.js';
import type { Model } from './model.js';
import type { LayerInspection } from './rnn/recurrent.js';
import { readSnapshot, writeSnapshot } from './snapshot.js';
import { Timeline } from './timeline.js';

/** How one channel of audio is to be heard. */
export interface ChannelOptions {
  /** Of the samples that will be pushed: a whole number of hertz from 8,000 to 192,000. The model's by default. */
  sampleRate?: number;
  /** `fused` by default. */
  extractor?: ExtractorName;
  /** In place of the model's own. */
  decision?: Partial<DecisionConfig>;
}

/**
 * Receives results as they arise, on the thread and inside the call that pushes; it must not push itself. Frames are
 * counted from 0; what they are in seconds and samples, `timeline` tells.
 */
export interface SpotterSink {
  /** @param posteriors one a label; always the same array, overwritten by the next frame */
  frame(index: number, posteriors: Float32Array): void;
  /** @param label index of the label; the word lies in the frames from `startFrame` to `endFrame` */
  detection(label: number, score: number, startFrame: number, endFrame: number): void;
}

/** What the network of one channel holds after the last frame; copies. */
export interface Inspection {
  /** Frames so far. */
  frames: number;
  /** MFCCs of the last frame. */
  features: Float32Array;
  posteriors: Float32Array;
  /** Recurrent layers from the input up. */
  layers: LayerInspection[];
}

/**
 * One channel of audio: its front end, its decisions and its slot of state. The network's step between the two is left
 * to its owner, which may step many channels at once.
 */
export class Channel {
  readonly timeline: Timeline;
  /** Address of the slot; 0 once disposed. */
  slot: number;
  readonly #model: Model;
  readonly #config: ModelConfig;
  readonly #layout: SlotLayout;
  readonly #frontEnd: FrontEnd;
  readonly #decider: Decider;
  readonly #endOffset: number;
  readonly #posteriors: Float32Array;

  /** @throws EarshotError EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT */
  constructor(model: Model, options: ChannelOptions) {
    checkOptions('options', options, ['sampleRate', 'extractor', 'decision']);
    const { sampleRate = model.config.sampleRate, extractor = 'fused', decision = {} } = options;
    checkSampleRate(sampleRate);
    if (extractor !== 'fused' && extractor !== 'meyda') {
      throw unexpected('EARSHOT_BAD_ARGUMENT', 'extractor', "'fused' or 'meyda'", extractor);
    }
    const { kernels, network } = model;
    this.#model = model;
    this.#config = withDecision(model.config, decision);
    this.#layout = new SlotLayout(network.layout.bytes);
    this.#endOffset = this.#layout.float64(1);
    this.#decider = new Decider(kernels.memory, this.#layout, this.#config, network.posteriors);
    this.#frontEnd = new FrontEnd(
      kernels,
      this.#layout,
      this.#config,
      model.extractor(extractor),
      network.features,
      model.resamplerFilter(sampleRate),
    );
    this.timeline = new Timeline(this.#config, sampleRate);
    this.#posteriors = new Float32Array(this.#config.labels.length);
    this.slot = kernels.memory.allocate(this.#layout.bytes);
  }

  /** Takes of the `count` samples at the address `samples` until a frame is full; returns how many it took. */
  write(samples: number, count: number): number {
    return this.#frontEnd.write(this.slot, samples, count);
  }

  /** Whether a frame was full; if so, its features are ready for the network. */
  take(): boolean {
    return this.#frontEnd.take(this.slot);
  }

  /** One step of the stream's end; see `FrontEnd.drain`. */
  drain(): boolean {
    return this.#frontEnd.drain(this.slot);
  }

  /** Reports the frame that the network has just classified, and a detection if it decided one. */
  report(sink: SpotterSink): void {
    const { f32 } = this.#model.kernels.memory;
    const at = (this.slot + this.#model.network.posteriors) >> 2;
    for (let i = 0; i < this.#posteriors.length; i++) this.#posteriors[i] = f32[at + i];
    const frame = this.#frontEnd.frames(this.slot) - 1;
    const decider = this.#decider;
    const detected = decider.step(this.slot, frame);
    sink.frame(frame, this.#posteriors);
    if (detected && this.isAlive) sink.detection(decider.label, decider.score, decider.startFrame, decider.endFrame);
  }

  get labels(): readonly string[] {
    return this.#config.labels;
  }

  /** Samples so far that were NaN, infinite or beyond ±1e9, and counted as 0. */
  get replacedSamples(): number {
    this.checkAlive();
    return this.#frontEnd.replaced(this.slot);
  }

  get isEnded(): boolean {
    return this.#model.kernels.memory.f64[(this.slot + this.#endOffset) >> 3] !== 0;
  }

  end(): void {
    this.#model.kernels.memory.f64[(this.slot + this.#endOffset) >> 3] = 1;
  }

  /** False once disposed, which a sink may do in the middle of things. */
  get isAlive(): boolean {
    return this.slot !== 0;
  }

  /** @throws EarshotError EARSHOT_BAD_ARGUMENT for no such array, EARSHOT_DISPOSED, EARSHOT_ENDED */
  checkPush(samples: Samples): void {
    if (!(samples instanceof Float32Array || samples instanceof Int16Array)) {
      throw unexpected('EARSHOT_BAD_ARGUMENT', 'samples', 'a Float32Array or Int16Array', samples);
    }
    this.checkAlive();
    if (this.isEnded) throw endedError();
  }

  /** @throws EarshotError EARSHOT_DISPOSED */
  checkAlive(): void {
    if (!this.isAlive) throw new EarshotError('EARSHOT_DISPOSED', 'Used after dispose()');
  }

  /** @throws EarshotError EARSHOT_DISPOSED, EARSHOT_BAD_ARGUMENT when a value is out of range or `smoothingFrames` would change */
  configure(changes: Partial<DecisionConfig>): void {
    this.checkAlive();
    const { decision } = reconfigured(this.#config, changes);
    this.#config.decision = decision;
    this.#decider.configure(decision);
  }

  reset(): void {
    this.checkAlive();
    this.#model.kernels.memory.i8.fill(0, this.slot, this.slot + this.#layout.bytes);
  }

  snapshot(): Uint8Array<ArrayBuffer> {
    this.checkAlive();
    const { buffer } = this.#model.kernels.memory.i8;
    return writeSnapshot(this.#identity, new Uint8Array(buffer, this.slot, this.#layout.bytes));
  }

  restore(snapshot: Uint8Array): void {
    this.checkAlive();
    const { buffer } = this.#model.kernels.memory.i8;
    new Uint8Array(buffer, this.slot, this.#layout.bytes).set(readSnapshot(this.#identity, snapshot));
  }

  get #identity() {
    return {
      modelFingerprint: this.#model.fingerprint,
      sampleRate: this.timeline.sampleRate,
      stateBytes: this.#layout.bytes,
    };
  }

  inspect(): Inspection {
    this.checkAlive();
    const { network, kernels } = this.#model;
    const floats = (offset: number, count: number) => {
      const at = (this.slot + offset) >> 2;
      return kernels.memory.f32.slice(at, at + count);
    };
    return {
      frames: this.#frontEnd.frames(this.slot),
      features: floats(network.features, this.#config.coefficients),
      posteriors: floats(network.posteriors, this.labels.length),
      layers: network.inspect(this.slot),
    };
  }

  /** How many numbers `copyActivations` writes: the MFCCs, then the hidden state of each recurrent layer. */
  get activationSizes(): number[] {
    return this.#model.network.activations.map(({ size }) => size);
  }

  /** Writes them as they are after the last frame, side by side. Allocates nothing. */
  copyActivations(out: Float32Array, at: number): void {
    this.checkAlive();
    const { network, kernels } = this.#model;
    const { f32 } = kernels.memory;
    let to = at;
    for (let field = 0; field < network.activations.length; field++) {
      const { offset, size } = network.activations[field];
      const from = (this.slot + offset) >> 2;
      for (let i = 0; i < size; i++) out[to++] = f32[from + i];
    }
  }

  dispose(): void {
    if (!this.isAlive) return;
    this.#model.kernels.memory.free(this.slot, this.#layout.bytes);
    this.slot = 0;
  }
}

/** The error for a stream that takes no samples any more. */
export const endedError = (): EarshotError =>
  new EarshotError('EARSHOT_ENDED', 'The stream was ended by flush(); call reset() first');
