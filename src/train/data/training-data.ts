import { createHash } from 'node:crypto';
import type { ModelConfig } from '../../config.js';
import { type BadFile, badFile } from '../recordings/bad-file.js';
import { soundFiles } from '../recordings/files.js';
import { SILENCE, UNKNOWN } from '../recordings/labels.js';
import { listNegatives } from '../recordings/negatives.js';
import { pieceOf } from '../recordings/piece.js';
import type { Span } from '../recordings/span.js';
import type { Split } from '../recordings/split.js';
import { type WordFile, wordFiles } from '../recordings/word-files.js';
import { wordSecond } from '../recordings/word-second.js';
import { type BankOptions, loadBank, type SampleBank } from './sample-bank.js';

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
  /** Recordings of words that were passed over, as they lie in no folder of a part beside folders of parts. */
  readonly outsideParts: number;
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
  const found = (await Promise.all(sources.data.map((path) => wordFiles(path, labels)))).flatMap((files, source) =>
    files.map((file) => ({ ...file, source })),
  );
  const words = found.filter(({ split }) => split === 'training' || split === 'validation');
  const outsideParts = found.filter(({ split }) => split === undefined).length;
  const speech = await listNegatives(sources.negatives, labels);
  const noise = await soundFiles(sources.noise);
  const rooms = await soundFiles(sources.rooms ?? []);
  const paths = [...words.map(({ path }) => path), ...speech, ...noise, ...rooms];
  const bank = await loadBank([...new Set(paths)], options);
  const find = finder(bank);
  const bad = [...bank.bad];
  const clips: (WordClip & Pick<WordFile, 'split'>)[] = [];
  for (const word of words) {
    const { split, source } = word;
    const label = labels.indexOf(word.label);
    for (const recording of find(word.path)) {
      try {
        const span = pieceOf(recording, word, options.sampleRate);
        clips.push({ ...wordSecond(bank.samples, span, options.sampleRate), label, split, source });
      } catch (error) {
        bad.push(badFile(word.path, error));
      }
    }
  }
  const part = (name: Split): WordClip[] => clips.filter(({ split, label }) => split === name && label >= 0);
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
  return { data, bad, outsideParts, fingerprint };
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
