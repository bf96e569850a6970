import type { SpotterSink } from '../channel.js';
import type { DecisionConfig } from '../config.js';
import type { Model } from '../model.js';
import type { Spotter } from '../spotter.js';
import { FrameBatch } from './frame-batch.js';
import { MonoBlocks } from './mono-blocks.js';
import { type DetectionReport, type ProcessorOptions, REPORT_SECONDS, type Report } from './protocol.js';
import { SampleBatch } from './sample-batch.js';

/**
 * A spotter on the audio thread: takes the blocks of an AudioWorkletProcessor as they come and reports what it finds:
 * detections at once, frames at the nearest whole number of them to `REPORT_SECONDS`. In its steady state it allocates
 * nothing but what posting a report takes.
 */
export class WorkletSpotter implements SpotterSink {
  readonly #spotter: Spotter;
  readonly #post: (report: Report) => void;
  readonly #frames: FrameBatch;
  readonly #samples: SampleBatch | undefined;
  readonly #activations: boolean;
  readonly #input: MonoBlocks;
  readonly #detection: DetectionReport = { type: 'detection', label: 0, score: 0, startFrame: 0, endFrame: 0 };

  /** @throws EarshotError EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT */
  constructor(model: Model, sampleRate: number, options: ProcessorOptions, post: (report: Report) => void) {
    const { extractor = 'fused', decision = {}, activations, samples, length } = options;
    this.#spotter = model.spotter({ sampleRate, extractor, decision });
    this.#post = post;
    this.#activations = activations;
    this.#input = new MonoBlocks(length);
    const { config } = model;
    const sizes = activations ? this.#spotter.activationSizes : [];
    const width = sizes.reduce((sum, size) => sum + size, config.labels.length);
    const framesPerReport = Math.max(1, Math.round((REPORT_SECONDS * config.sampleRate) / config.hopSamples));
    this.#frames = new FrameBatch(framesPerReport, width, post);
    if (samples) this.#samples = new SampleBatch(Math.round(REPORT_SECONDS * sampleRate), post);
  }

  get activationSizes(): readonly number[] {
    return this.#spotter.activationSizes;
  }

  /** Hears one block; see `MonoBlocks`. @returns whether more is wanted: not after the last sample that was announced */
  process(channels: readonly Float32Array[] | undefined, length: number, currentFrame: number): boolean {
    const block = this.#input.next(channels, length, currentFrame);
    if (block === undefined) return true;
    this.#hear(block);
    if (!this.#input.isOver) return true;
    this.#finish();
    return false;
  }

  /** @throws EarshotError EARSHOT_BAD_ARGUMENT */
  configure(decision: Partial<DecisionConfig>): void {
    this.#spotter.configure(decision);
  }

  frame(index: number, posteriors: Float32Array): void {
    const { values, at } = this.#frames;
    values.set(posteriors, at);
    if (this.#activations) this.#spotter.copyActivations(values, at + posteriors.length);
    this.#frames.added(index, this.#input.lost);
  }

  detection(label: number, score: number, startFrame: number, endFrame: number): void {
    const report = this.#detection;
    report.label = label;
    report.score = score;
    report.startFrame = startFrame;
    report.endFrame = endFrame;
    this.#frames.flush();
    this.#post(report);
  }

  #hear(samples: Float32Array): void {
    this.#samples?.add(samples);
    this.#spotter.push(samples, this);
  }

  #finish(): void {
    this.#spotter.flush(this);
    this.#frames.flush();
    this.#samples?.flush();
    this.#post({ type: 'finished' });
    this.#spotter.dispose();
  }
}
