import * as v from 'valibot';
import { checkOptions, EarshotError, unexpected } from './errors.js';

/** The newest layout of the parameters that this version reads. Older files without the field count as 1. */
export const FORMAT_VERSION = 1;

/** Labels in this form ("_silence_", "_unknown_") are what the network says when it hears no keyword. */
export const isBackground = (label: string): boolean => /^_.+_$/.test(label);

const positiveInteger = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const convolution = v.strictObject({
  channels: positiveInteger(4096),
  kernel: positiveInteger(64),
  stride: v.optional(positiveInteger(8), 1),
});

const decision = v.object({
  /** Frames whose mean posterior labels a whole clip: its last ones (the clip rule: docs/evaluation.md). */
  clipFrames: v.optional(positiveInteger(1000), 6),
  /** Frames whose mean posterior is compared with the threshold. */
  smoothingFrames: v.optional(positiveInteger(1000), 6),
  /** Smoothed posterior at which a keyword counts as heard, unless `thresholds` names the label. */
  threshold: v.optional(probability, 0.8),
  thresholds: v.optional(v.record(v.string(), probability), {}),
  /** Frames after a detection in which no other may follow. */
  refractoryFrames: v.optional(wholeNumber, 25),
  /** Frames in a row that must reach the threshold. */
  minimumFrames: v.optional(positiveInteger(1000), 1),
  /** Frames in a row that may reach a third of the threshold's odds instead (0.75 for 0.9); 0: none may. */
  sustainedFrames: v.optional(wholeNumber, 0),
});

const model = v.object({
  formatVersion: v.optional(v.number(), 1),
  name: v.optional(v.string(), 'unnamed'),
  sampleRate: v.pipe(v.number(), v.integer(), v.minValue(8000), v.maxValue(48000)),
  frameSamples: v.pipe(
    positiveInteger(16384),
    v.minValue(32),
    v.check((n) => Number.isInteger(Math.log2(n)), 'Expected a power of two'),
  ),
  hopSamples: positiveInteger(16384),
  melBands: positiveInteger(256),
  coefficients: positiveInteger(40),
  /** Factor on samples in [-1, 1] before the window: 32768 puts them in 16-bit units. */
  inputGain: v.pipe(v.number(), v.gtValue(0), v.maxValue(1e6)),
  windowing: v.optional(v.literal('hanning'), 'hanning'),
  convolutions: v.optional(v.pipe(v.array(convolution), v.maxLength(8)), []),
  cell: v.picklist(['rnn', 'gru', 'lstm']),
  /** GRU only. true: n = tanh(W x + r ∘ (U h + b)), as PyTorch and Keras; false: n = tanh(W x + U (r ∘ h) + b). */
  linearBeforeReset: v.optional(v.boolean(), true),
  hiddenSize: positiveInteger(4096),
  /** Recurrent layers. 0: none, a classifier of what the convolutions see; `cell` and `hiddenSize` then say nothing. */
  layers: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16)),
  labels: v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1), v.maxLength(1024)),
  decision: v.optional(decision, {}),
  licence: v.optional(v.string(), 'not stated'),
  trainingData: v.optional(v.string(), 'not stated'),
});

/**
 * Everything about a model that is not a weight: how samples become features, the shape of the network, its labels and
 * how its posteriors become detections. It is stored beside the weights, as JSON in the metadata key `earshot`.
 */
export type ModelConfig = v.InferOutput<typeof model>;
/** The same as it is written down: what `parseModelConfig` fills in may be left out. */
export type ModelParameters = v.InferInput<typeof model>;
export type ConvolutionConfig = v.InferOutput<typeof convolution>;
export type DecisionConfig = v.InferOutput<typeof decision>;

/** Whose mistake wrong parameters are: the file's, or the caller's. */
type Blame = 'EARSHOT_MODEL_DAMAGED' | 'EARSHOT_BAD_ARGUMENT';

/**
 * Checks parameters, and fills in what may be left out.
 * @param blame code of the error where one of them is wrong; they were read from a file unless this says otherwise
 * @throws EarshotError EARSHOT_MODEL_TOO_NEW, EARSHOT_MODEL_DAMAGED or EARSHOT_BAD_ARGUMENT
 */
export function parseModelConfig(json: unknown, blame: Blame = 'EARSHOT_MODEL_DAMAGED'): ModelConfig {
  const version = (json as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version > FORMAT_VERSION) {
    const what = `Model format ${version} is newer than ${FORMAT_VERSION}, the newest this version of Earshot reads`;
    throw new EarshotError('EARSHOT_MODEL_TOO_NEW', what, { value: version });
  }
  const result = v.safeParse(model, json);
  if (!result.success) {
    const [issue] = result.issues;
    const where = v.getDotPath(issue) ?? 'parameters';
    throw new EarshotError(blame, `Model parameter \`${where}\`: ${issue.message}`, { value: issue.input });
  }
  const config = result.output;
  if (config.hopSamples > config.frameSamples) {
    throw unexpected(blame, 'hopSamples', `at most frameSamples (${config.frameSamples})`, config.hopSamples);
  }
  if (config.coefficients > config.melBands) {
    throw unexpected(blame, 'coefficients', `at most melBands (${config.melBands})`, config.coefficients);
  }
  checkThresholds(config.decision.thresholds, config.labels, blame);
  return config;
}

/** The threshold of one label: its own, or the one for all. */
export const thresholdOf = (
  { threshold, thresholds }: Pick<DecisionConfig, 'threshold' | 'thresholds'>,
  label: string,
): number => (Object.hasOwn(thresholds, label) ? thresholds[label] : threshold);

/** The threshold for a posterior that stays: a third of the other's odds, 0.75 for 0.9. 1 remains 1. */
export const sustainedThreshold = (threshold: number): number => threshold / (3 - 2 * threshold);

/** Thresholds of single labels after a change: one for all labels takes their place, others stand beside them. */
export function changedThresholds(
  before: DecisionConfig['thresholds'],
  { threshold, thresholds }: Partial<Pick<DecisionConfig, 'threshold' | 'thresholds'>>,
): DecisionConfig['thresholds'] {
  return { ...(threshold === undefined ? before : {}), ...thresholds };
}

/**
 * A model's decision parameters with some of them replaced. `threshold` is for all labels, also for those that had one of
 * their own; `thresholds` are for single ones, beside those that others have.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT for a value out of range or a label the model does not have
 */
export function withDecision(config: ModelConfig, changes: Partial<DecisionConfig>): ModelConfig {
  checkOptions('decision', changes, Object.keys(decision.entries));
  const thresholds = changedThresholds(config.decision.thresholds, changes);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const result = v.safeParse(decision, { ...config.decision, ...given, thresholds });
  if (!result.success) {
    const [issue] = result.issues;
    const where = `decision.${v.getDotPath(issue) ?? ''}`;
    throw new EarshotError('EARSHOT_BAD_ARGUMENT', `\`${where}\`: ${issue.message}`, { value: issue.input });
  }
  checkThresholds(result.output.thresholds, config.labels, 'EARSHOT_BAD_ARGUMENT');
  return { ...config, decision: result.output };
}

/**
 * The same for a stream that runs.
 * @throws EarshotError EARSHOT_BAD_ARGUMENT also when `smoothingFrames` would change
 */
export function reconfigured(config: ModelConfig, changes: Partial<DecisionConfig>): ModelConfig {
  const changed = withDecision(config, changes);
  const { smoothingFrames } = config.decision;
  if (changed.decision.smoothingFrames !== smoothingFrames) {
    const expectation = `${smoothingFrames}, as at the start`;
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'smoothingFrames', expectation, changed.decision.smoothingFrames);
  }
  return changed;
}

function checkThresholds(thresholds: Record<string, number>, labels: readonly string[], blame: Blame): void {
  for (const label of Object.keys(thresholds)) {
    if (!labels.includes(label)) throw unexpected(blame, 'thresholds', `keyed by ${labels.join(', ')}`, label);
  }
}
