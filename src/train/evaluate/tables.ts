import type { Table } from '../report/html-page.js';
import type { DetPoint } from './det.js';
import type { Evaluation, FalseAcceptRate } from './evaluation.js';
import type { Interval } from './interval.js';

/** What an evaluation says, as tables for people; those with nothing to say are left out. */
export function tablesOf(evaluation: Evaluation): Table[] {
  return [
    summaryTable(evaluation),
    labelTable(evaluation),
    confusionTable(evaluation),
    folderTable(evaluation),
    detTable(evaluation),
    noiseTable(evaluation),
  ].filter(({ rows }) => rows.length > 0);
}

function summaryTable(evaluation: Evaluation): Table {
  const { words, detectionDelayMs: delay, negatives } = evaluation;
  const { repeated, wrongLabel, unknownWord, betweenWords } = words.falseAccepts;
  const facts: Record<string, string> = {
    clips: `${evaluation.clips} ${speakersText(evaluation)}; ${evaluation.badFiles.length} files unreadable`,
    'clip accuracy': accuracyText(evaluation),
    'without duplicates': `${percent(evaluation.accuracyWithoutDuplicates)} (${evaluation.duplicates} identical)`,
    'without silence': percent(evaluation.accuracyWithoutSilence),
    'mean over speakers': percent(evaluation.speakerMeanAccuracy),
    'streamed accuracy': percent(evaluation.streamedAccuracy),
    'words in streams': `${words.hits} of ${words.keywords} detected, FRR ${percent(evaluation.falseRejectRate)}`,
    'false there': `${repeated} repeated, ${wrongLabel} wrong, ${unknownWord} at ${words.unknownWords} unknown words, ${betweenWords} between`,
    'delay after word': `${milliseconds(delay.median)} median, ${milliseconds(delay.p90)} at 90 %`,
  };
  if (evaluation.outsideParts > 0) facts['outside the parts'] = `${evaluation.outsideParts} clips, which were left out`;
  if (negatives) facts['false accepts'] = rateText(negatives);
  return { title: 'Summary', head: [], rows: Object.entries(facts) };
}

function accuracyText({ accuracy, accuracyInterval }: Evaluation): string {
  return percent(accuracy) + (accuracyInterval ? `, 95 % ${range(accuracyInterval, percent)}` : '');
}

function speakersText({ speakers }: Evaluation): string {
  if (speakers === 0) return 'by speakers who are not named';
  return speakers === 1 ? 'by one speaker' : `by ${speakers} speakers`;
}

function labelTable({ perLabel }: Evaluation): Table {
  return {
    title: 'Labels',
    head: ['', 'clips', 'precision', 'recall', 'threshold', 'FRR', 'FA/h'],
    rows: Object.entries(perLabel).map(([label, score]) => [
      label,
      `${score.clips}`,
      percent(score.precision),
      percent(score.recall),
      decimal(score.threshold, 3),
      percent(score.falseRejectRate),
      decimal(score.falseAcceptsPerHour, 1),
    ]),
  };
}

function confusionTable({ confusion }: Evaluation): Table {
  return {
    title: 'Confusion (rows: what was said; columns: what was heard)',
    head: ['', ...confusion.labels],
    rows: confusion.labels.map((label, n) => [label, ...confusion.counts[n].map(String)]),
  };
}

function folderTable({ negatives }: Evaluation): Table {
  return {
    title: 'False accepts an hour',
    head: ['', 'hours', 'accepts', 'FA/h', '95 %'],
    rows: Object.entries(negatives?.perFolder ?? {}).map(([folder, { hours, accepts, perHour, interval }]) => [
      folder,
      hours.toFixed(2),
      `${accepts}`,
      decimal(perHour, 1),
      interval ? range(interval, (n) => n.toFixed(1)) : '-',
    ]),
  };
}

/** Rates of false accepts at which people ask for the FRR. */
const ASKED_PER_HOUR = [0, 1, 5, 10, 20, 50];

function detTable({ det, negatives }: Evaluation): Table {
  const points = negatives ? ASKED_PER_HOUR.map((most) => [most, bestPoint(det, most)] as const) : [];
  return {
    title: 'FRR against FA/h, one threshold for all labels',
    head: ['at most', 'FA/h', 'FRR', 'threshold'],
    rows: points.flatMap(([most, point]) => {
      if (!point) return [];
      return [[`${most}`, decimal(point.falseAcceptsPerHour, 1), percent(point.falseRejectRate), `${point.threshold}`]];
    }),
  };
}

function bestPoint(det: readonly DetPoint[], mostPerHour: number): DetPoint | undefined {
  const allowed = det.filter(({ falseAcceptsPerHour }) => (falseAcceptsPerHour ?? Infinity) <= mostPerHour);
  return allowed.toSorted((a, b) => (a.falseRejectRate ?? 0) - (b.falseRejectRate ?? 0))[0];
}

function noiseTable({ noise }: Evaluation): Table {
  return {
    title: 'Clip accuracy in noise',
    head: ['', 'SNR', 'accuracy', 'without silence'],
    rows: noise.map(({ noise, snrDb, accuracy, accuracyWithoutSilence }) => [
      noise,
      `${snrDb} dB`,
      percent(accuracy),
      percent(accuracyWithoutSilence),
    ]),
  };
}

const rateText = ({ accepts, hours, perHour, interval }: FalseAcceptRate): string =>
  `${accepts} in ${hours.toFixed(2)} h: ${decimal(perHour, 1)} an hour, 95 % ${interval ? range(interval, (n) => n.toFixed(1)) : '-'}`;

const percent = (share: number | null): string => (share === null ? '-' : `${(100 * share).toFixed(1)} %`);
const decimal = (value: number | null, digits: number): string => (value === null ? '-' : value.toFixed(digits));
const milliseconds = (value: number | null): string => (value === null ? '-' : `${Math.round(value)} ms`);
const range = ([lower, upper]: Interval, text: (n: number) => string): string => `${text(lower)} to ${text(upper)}`;
