export type { BadFile } from '../recordings/bad-file.js';
export { SPLITS, type Split } from '../recordings/split.js';
export { type Calibration, calibrate, withThresholds } from './calibrate.js';
export type { Confusion, LabelScore } from './confusion.js';
export type { DetPoint, LabelCounts } from './det.js';
export { type EvaluateOptions, evaluate } from './evaluate.js';
export type {
  Evaluation,
  FalseAcceptRate,
  LabelEvaluation,
  NegativesEvaluation,
  NoiseEvaluation,
  WordsEvaluation,
} from './evaluation.js';
export { htmlReport } from './html-report.js';
export type { Interval } from './interval.js';
export type { FalseAcceptKind } from './match.js';
export { textReport } from './text-report.js';
