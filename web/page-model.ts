import { type DecisionConfig, isBackground } from '../src/config.js';
import { readModelFile } from '../src/model-file.js';

/** What the page has to know of a model to draw what it does. */
export interface PageModel {
  readonly bytes: Uint8Array;
  readonly labels: readonly string[];
  /** Positions of the labels that are words and not `_silence_` or `_unknown_`. */
  readonly keywords: readonly number[];
  readonly decision: DecisionConfig;
  /** From one frame to the next. */
  readonly hopSeconds: number;
  /** Units of each recurrent layer, from the input up. */
  readonly hiddenSizes: readonly number[];
  /** Mean and deviation of each MFCC over the training data: how the network sees them. */
  readonly featureMean: Float32Array;
  readonly featureDeviation: Float32Array;
}

/** @throws EarshotError EARSHOT_MODEL_DAMAGED, EARSHOT_MODEL_TOO_NEW */
export function readPageModel(bytes: Uint8Array): PageModel {
  const { config, tensors } = readModelFile(bytes);
  const { labels, decision, hopSamples, sampleRate, coefficients, layers, hiddenSize } = config;
  const vector = (name: string, standIn: number) => {
    const values = tensors.get(name)?.values;
    return values ? Float32Array.from(values) : new Float32Array(coefficients).fill(standIn);
  };
  return {
    bytes,
    labels,
    keywords: labels.flatMap((label, i) => (isBackground(label) ? [] : [i])),
    decision,
    hopSeconds: hopSamples / sampleRate,
    hiddenSizes: Array.from({ length: layers }, () => hiddenSize),
    featureMean: vector('feature_mean', 0),
    featureDeviation: vector('feature_std', 1),
  };
}

/** `_silence_` as "silence", `_unknown_` as "other words", a keyword as it is. */
export function labelText(label: string): string {
  if (label === '_unknown_') return 'other words';
  return isBackground(label) ? label.slice(1, -1) : label;
}
