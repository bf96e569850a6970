import type { BadFile } from '../recordings/bad-file.js';
import type { Confusion, LabelScore } from './confusion.js';
import type { DetPoint } from './det.js';
import type { Interval } from './interval.js';
import type { FalseAcceptKind } from './match.js';

/** How well a model does. Rates and accuracies are fractions in [0, 1]; null means that there was nothing to measure. */
export interface Evaluation {
  model: {
    name: string;
    /** CRC-32 of its file, in hexadecimal. */
    fingerprint: string;
    parameters: number;
  };
  seed: number;
  /** Clips that were read and labelled. */
  clips: number;
  /** Files that could not be read, clips and negatives alike. */
  badFiles: BadFile[];
  /** Clips that were passed over where a part was asked for, as they lie in no folder of a part beside folders of parts. */
  outsideParts: number;
  /** Share of clips labelled right, each on its own, from a fresh state. */
  accuracy: number;
  /** 95 %, by bootstrap over speakers; null where there is one only, or nobody knows them. */
  accuracyInterval: Interval | null;
  /** Of clips that are the same in every sample, only the first counted. */
  accuracyWithoutDuplicates: number;
  duplicates: number;
  /** Without the clips that are `_silence_`. */
  accuracyWithoutSilence: number | null;
  /** Each speaker counts the same; clips whose speaker is not known are left out. */
  speakerMeanAccuracy: number | null;
  speakers: number;
  /** The same clips as one stream in random order, state never reset. */
  streamedAccuracy: number;
  confusion: Confusion;
  perLabel: Record<string, LabelEvaluation>;
  /** Words in streams, through the decisions. */
  words: WordsEvaluation;
  /** Of the keywords in streams, the share that was missed. */
  falseRejectRate: number | null;
  /** From a word's end to its detection; hits only. */
  detectionDelayMs: { median: number | null; p90: number | null };
  /** On recordings without any keyword, summed over labels. */
  falseAcceptsPerHour: number | null;
  negatives: NegativesEvaluation | null;
  /** With one threshold for all labels, lowest first. */
  det: DetPoint[];
  /** In noise, a line each noise and ratio. */
  noise: NoiseEvaluation[];
}

export interface LabelEvaluation extends LabelScore {
  /** Keywords only, as are the next two. */
  threshold: number | null;
  falseRejectRate: number | null;
  falseAcceptsPerHour: number | null;
}

export interface WordsEvaluation {
  /** Keywords in the streams; unknown words are there beside them. */
  keywords: number;
  unknownWords: number;
  hits: number;
  misses: number;
  /** Detections that are no hits. */
  falseAccepts: Record<FalseAcceptKind, number>;
  /** Of every hit, in ascending order, rounded. */
  delaysMs: number[];
}

export interface FalseAcceptRate {
  accepts: number;
  hours: number;
  perHour: number | null;
  /** Exact Poisson interval of 95 %, an hour. */
  interval: Interval | null;
}

export interface NegativesEvaluation extends FalseAcceptRate {
  files: number;
  perLabel: Record<string, FalseAcceptRate>;
  /** By the folder that holds the recording. */
  perFolder: Record<string, FalseAcceptRate>;
}

export interface NoiseEvaluation {
  noise: string;
  snrDb: number;
  accuracy: number;
  accuracyWithoutSilence: number | null;
}
