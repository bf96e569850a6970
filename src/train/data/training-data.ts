import type { ModelConfig } from '../../config.js';
import type { BadFile } from '../evaluate/bad-file.js';
import { SILENCE, UNKNOWN } from '../evaluate/data-set.js';
import { type BankOptions, loadBank, type SampleBank } from './sample-bank.js';
import { soundFiles, wordFiles } from './training-files.js';
import { wordSecond } from './word-second.js';

/** Where in the bank a recording lies. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** A recording of a word. */
export interface WordClip extends Span {
  /** Index of its label. */
  readonly label: number;
  /** Which of the directories it lies in. */
  readonly source: number;
}

/** Indices of `_silence_` and `_unknown_` among the labels. */
export const SILENCE_LABEL = 0;
export const UNKNOWN_LABEL = 1;

/** Everything that is learnt from, in memory that all threads share. */
export interface TrainingData {
  readonly samples: Int16Array<SharedArrayBuffer>;
  readonly training: readonly WordClip[];
  readonly validation: readonly WordClip[];
  /** Running speech without any of the words, of any lengths. */
  readonly speech: readonly Span[];
  readonly noise: readonly Span[];
}

export interface DataSources {
  /** Directories in the layout of Speech Commands. */
  readonly data: readonly string[];
  /** Files and directories of running speech that holds none of the words. */
  readonly negatives: readonly string[];
  /** Files and directories of noise. */
  readonly noise: readonly string[];
}

/**
 * Finds, reads and labels all recordings.
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND
 */
export async function loadTrainingData(
  sources: DataSources,
  { labels }: Pick<ModelConfig, 'labels'>,
  options: BankOptions,
): Promise<{ data: TrainingData; bad: readonly BadFile[] }> {
  const words = (await Promise.all(sources.data.map((directory) => wordFiles(directory, labels)))).flatMap(
    (files, source) => files.map((file) => ({ ...file, source })),
  );
  const speech = await soundFiles(sources.negatives);
  const noise = await soundFiles(sources.noise);
  const bank = await loadBank([...new Set([...words.map(({ path }) => path), ...speech, ...noise])], options);
  const find = finder(bank);
  const clips = words.flatMap(({ path, label, part, source }) => {
    return find(path).map((span) => {
      return { ...wordSecond(bank.samples, span, options.sampleRate), label: labels.indexOf(label), part, source };
    });
  });
  const part = (name: string): WordClip[] => clips.filter((clip) => clip.part === name && clip.label >= 0);
  const data = {
    samples: bank.samples,
    training: part('training'),
    validation: part('validation'),
    speech: speech.flatMap(find),
    noise: noise.flatMap(find),
  };
  return { data, bad: bank.bad };
}

function finder({ entries }: SampleBank): (path: string) => Span[] {
  const spans = new Map(entries.map(({ path, offset, length }) => [path, { offset, length }]));
  return (path) => {
    const span = spans.get(path);
    return span && span.length > 0 ? [span] : [];
  };
}

/** The labels of a model for some words: silence, everything else, and the words. */
export const labelsFor = (words: readonly string[]): string[] => [SILENCE, UNKNOWN, ...words];
