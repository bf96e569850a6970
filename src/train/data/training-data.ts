import { createHash } from 'node:crypto';
import type { ModelConfig } from '../../config.js';
import type { BadFile } from '../recordings/bad-file.js';
import { soundFiles } from '../recordings/files.js';
import { SILENCE, UNKNOWN } from '../recordings/labels.js';
import { listNegatives } from '../recordings/negatives.js';
import type { Span } from '../recordings/span.js';
import { wordSecond } from '../recordings/word-second.js';
import { type BankOptions, loadBank, type SampleBank } from './sample-bank.js';
import { type WordFile, wordFiles } from './training-files.js';

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
export const BACKGROUND_LABELS = 2;

/** Everything that is learnt from, in memory that all threads share. */
export interface TrainingData {
  readonly samples: Int16Array<SharedArrayBuffer>;
  readonly training: readonly WordClip[];
  readonly validation: readonly WordClip[];
  /** Running speech without any of the words, of any lengths. */
  readonly speech: readonly Span[];
  readonly noise: readonly Span[];
  /** Impulse responses of rooms. */
  readonly rooms: readonly Span[];
}

export interface DataSources {
  /** Directories in the layout of Speech Commands, and manifests (`.tsv`, `.jsonl`). */
  readonly data: readonly string[];
  /** Files and directories of running speech. What a `words.tsv` says holds one of the words is left out (`listNegatives`). */
  readonly negatives: readonly string[];
  /** Files and directories of noise. */
  readonly noise: readonly string[];
  /** Files and directories of rooms' impulse responses. */
  readonly rooms?: readonly string[] | undefined;
}

export interface LoadedData {
  readonly data: TrainingData;
  readonly bad: readonly BadFile[];
  /** Another one wherever a recording, its label or its part is another. */
  readonly fingerprint: string;
}

/**
 * Finds, reads and labels all recordings.
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND, EARSHOT_BAD_ARGUMENT
 */
export async function loadTrainingData(
  sources: DataSources,
  { labels }: Pick<ModelConfig, 'labels'>,
  options: BankOptions,
): Promise<LoadedData> {
  const words = (await Promise.all(sources.data.map((directory) => wordFiles(directory, labels)))).flatMap(
    (files, source) => files.map((file) => ({ ...file, source })),
  );
  const speech = await listNegatives(sources.negatives, labels);
  const noise = await soundFiles(sources.noise);
  const rooms = await soundFiles(sources.rooms ?? []);
  const paths = [...words.map(({ path }) => path), ...speech, ...noise, ...rooms];
  const bank = await loadBank([...new Set(paths)], options);
  const find = finder(bank);
  const bad = [...bank.bad];
  const clips: (WordClip & Pick<WordFile, 'part'>)[] = [];
  for (const word of words) {
    const { part, source } = word;
    const label = labels.indexOf(word.label);
    for (const recording of find(word.path)) {
      const span = pieceOf(recording, word, options.sampleRate);
      if (span.length <= 0) bad.push(emptyPiece(word));
      else clips.push({ ...wordSecond(bank.samples, span, options.sampleRate), label, part, source });
    }
  }
  const part = (name: string): WordClip[] => clips.filter((clip) => clip.part === name && clip.label >= 0);
  const data = {
    samples: bank.samples,
    training: part('training'),
    validation: part('validation'),
    speech: speech.flatMap(find),
    noise: noise.flatMap(find),
    rooms: rooms.flatMap(find),
  };
  const spans = JSON.stringify([data.training, data.validation, data.speech, data.noise, data.rooms]);
  const fingerprint = createHash('sha256').update(bank.fingerprint).update(spans).digest('hex').slice(0, 16);
  return { data, bad, fingerprint };
}

/** The samples of a recording from a start to an end in seconds; none where the recording is over before. */
function pieceOf({ offset, length }: Span, { start = 0, end = Infinity }: WordFile, sampleRate: number): Span {
  const from = Math.round(start * sampleRate);
  return { offset: offset + from, length: Math.min(length, Math.round(end * sampleRate)) - from };
}

const emptyPiece = ({ path, start = 0, end = Infinity }: WordFile): BadFile => ({
  path,
  code: 'EARSHOT_AUDIO_EMPTY',
  message: `There is no sound from ${start} s to ${end === Infinity ? 'its end' : `${end} s`}`,
});

function finder({ entries }: SampleBank): (path: string) => Span[] {
  const spans = new Map(entries.map(({ path, offset, length }) => [path, { offset, length }]));
  return (path) => {
    const span = spans.get(path);
    return span && span.length > 0 ? [span] : [];
  };
}

/** The labels of a model for some words: silence, everything else, and the words. */
export const labelsFor = (words: readonly string[]): string[] => [SILENCE, UNKNOWN, ...words];
