import { isBackground, thresholdOf } from '../../config.js';
import type { Model } from '../../model.js';
import { Random } from '../random.js';
import type { BadFile } from '../recordings/bad-file.js';
import { SILENCE, UNKNOWN } from '../recordings/labels.js';
import type { WordFile } from '../recordings/word-files.js';
import { confusionOf, scoreOf } from './confusion.js';
import { detCurve } from './det.js';
import type { Evaluation, LabelEvaluation, NoiseEvaluation } from './evaluation.js';
import { type Negative, negativesEvaluation } from './false-accepts.js';
import { DRAW } from './jobs/draw.js';
import type { HeardWords } from './jobs/words.js';
import type { Labelled } from './measure.js';
import { quantile } from './quantile.js';
import { ratio } from './ratio.js';
import { accuracyInterval, speakerMean } from './speakers.js';
import { WordResults } from './words.js';

/** Everything that was measured, before it is counted. */
export interface Measurements {
  seed: number;
  badFiles: BadFile[];
  outsideParts: number;
  /** At least one. */
  clips: readonly Labelled[];
  streamed: readonly (WordFile & { predicted: string })[];
  words: readonly HeardWords[];
  negatives: readonly Negative[];
  /** In which the clips were labelled again, and at which ratios. */
  noises: readonly string[];
  snrDb: readonly number[];
}

/** The figures that follow from the measurements. */
export function summarise({ config, fingerprint, parameters }: Model, measured: Measurements): Evaluation {
  const { seed, badFiles, outsideParts, clips, negatives } = measured;
  const keywords = config.labels.filter((label) => !isBackground(label));
  const confusion = confusionOf(
    withUnknown(config.labels),
    clips.map(({ label, predicted }) => [label, predicted]),
  );
  const judged = clips.map((clip) => ({ speaker: clip.speaker, isRight: isRight(clip) }));
  const distinct = [...new Map(clips.toReversed().map((clip) => [clip.digest, clip])).values()];
  const bySpeaker = speakerMean(judged);
  const words = new WordResults(measured.words, keywords);
  const accepted = negatives.length > 0 ? negativesEvaluation(negatives, config.labels, keywords) : null;
  const { delaysMs } = words.evaluation;
  const labelEvaluation = (label: string): LabelEvaluation => ({
    ...scoreOf(confusion, label),
    threshold: isBackground(label) ? null : thresholdOf(config.decision, label),
    falseRejectRate: isBackground(label) ? null : words.falseRejectRate(label),
    falseAcceptsPerHour: accepted?.perLabel[label]?.perHour ?? null,
  });
  return {
    model: { name: config.name, fingerprint: fingerprint.toString(16).padStart(8, '0'), parameters },
    seed,
    clips: clips.length,
    badFiles,
    outsideParts,
    accuracy: shareRight(clips) ?? 0,
    accuracyInterval: accuracyInterval(judged, Random.ofEvaluation(seed, DRAW.bootstrap)),
    accuracyWithoutDuplicates: shareRight(distinct) ?? 0,
    duplicates: clips.length - distinct.length,
    accuracyWithoutSilence: shareRight(clips.filter(isSpeech)),
    speakerMeanAccuracy: bySpeaker.accuracy,
    speakers: bySpeaker.speakers,
    streamedAccuracy: shareRight(measured.streamed) ?? 0,
    confusion,
    perLabel: Object.fromEntries(confusion.labels.map((label) => [label, labelEvaluation(label)])),
    words: words.evaluation,
    falseRejectRate: words.falseRejectRate(),
    detectionDelayMs: { median: quantile(delaysMs, 0.5), p90: quantile(delaysMs, 0.9) },
    falseAcceptsPerHour: accepted?.perHour ?? null,
    negatives: accepted,
    det: detCurve(measured.words, negatives, config.labels, keywords),
    noise: measured.noises.flatMap((noise, n) => inNoise(clips, noise, n, measured.snrDb)),
  };
}

type Predicted = Pick<Labelled, 'label' | 'predicted'>;

const isRight = ({ label, predicted }: Predicted): boolean => label === predicted;
const isSpeech = ({ label }: Predicted): boolean => label !== SILENCE;
const shareRight = (clips: readonly Predicted[]): number | null => ratio(clips.filter(isRight).length, clips.length);

/** Words that the model does not know are `_unknown_`, even where it has no such label. */
const withUnknown = (labels: readonly string[]): string[] =>
  labels.includes(UNKNOWN) ? [...labels] : [...labels, UNKNOWN];

function inNoise(clips: readonly Labelled[], noise: string, n: number, snrDb: readonly number[]): NoiseEvaluation[] {
  return snrDb.map((snr, s) => {
    const heard = clips.map(({ label, inNoise }) => ({ label, predicted: inNoise[n][s] }));
    return {
      noise,
      snrDb: snr,
      accuracy: shareRight(heard) ?? 0,
      accuracyWithoutSilence: shareRight(heard.filter(isSpeech)),
    };
  });
}
