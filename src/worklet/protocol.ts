import type { DecisionConfig } from '../config.js';
import type { ErrorCode } from '../errors.js';
import type { ExtractorName } from '../features/extractor.js';
import type { ModelFile } from '../model-file.js';

/** The names under which the worklet registers its processors: one that hears, and one that packs for a server. */
export const PROCESSOR_NAME = 'earshot-spotter';
export const PACKER_NAME = 'earshot-packer';

/** How often they report what need not be known at once. */
export const REPORT_SECONDS = 0.05;

/** What the processor is given when it is made. */
export interface ProcessorOptions {
  model: ModelFile;
  kernels?: 'simd' | 'plain' | undefined;
  extractor?: ExtractorName | undefined;
  decision?: Partial<DecisionConfig> | undefined;
  /** Whether frames carry MFCCs and hidden states after their posteriors. */
  activations: boolean;
  /** Whether the samples that were heard are to be reported. */
  samples: boolean;
  /** How many samples there are, after which the stream is flushed; endless without it. */
  length?: number | undefined;
}

/** What the processor that packs is given. */
export interface PackerOptions {
  kernels?: 'simd' | 'plain' | undefined;
  /** Of what it reports. */
  sampleRate: number;
  /** How many samples come in; endless without it. */
  length?: number | undefined;
}

/** From the page to the processor. */
export type Command = { type: 'configure'; decision: Partial<DecisionConfig> } | { type: 'stop' };

/** From the processor to the page. */
export type Report =
  | ReadyReport
  | FramesReport
  | DetectionReport
  | SamplesReport
  | PackedReport
  | FailedReport
  | { type: 'finished' };

/** The processor listens from now on; what was played before went unheard. */
export interface ReadyReport {
  type: 'ready';
  kernels: 'simd' | 'plain';
  /** Of a processor that hears. */
  activationSizes: readonly number[];
}

/** A few frames. */
export interface FramesReport {
  type: 'frames';
  /** Index of the first frame. */
  first: number;
  count: number;
  /** A row for each frame, and room that means nothing: posteriors, then activations if they were asked for. */
  values: Float32Array;
  /** Blocks so far that the host left out. */
  lostBlocks: number;
}

/** A detection in the last frame that was reported. */
export interface DetectionReport {
  type: 'detection';
  label: number;
  score: number;
  startFrame: number;
  endFrame: number;
}

/** The next samples of the stream, mixed to one channel. */
export interface SamplesReport {
  type: 'samples';
  values: Float32Array;
}

/** The next samples of the stream, packed. */
export interface PackedReport {
  type: 'packed';
  samples: Int16Array;
  lostBlocks: number;
}

export interface FailedReport {
  type: 'failed';
  code: ErrorCode;
  message: string;
}
