import { type Command, Option } from 'commander';
import { PCM_ENCODINGS, type PcmEncoding } from '../audio/pcm.js';
import { HIGHEST_RATE, LOWEST_RATE } from '../audio/rates.js';
import type { ExtractorName } from '../features/extractor.js';
import type { RawAudio } from '../files/raw.js';
import { DEFAULT_MODEL } from '../node/open-model.js';
import { FORMAT_NAMES, type FormatName } from './formats/index.js';
import { probability, wholeNumber } from './numbers.js';

/** What commander makes of the options of `earshot file`. */
export interface FileOptions {
  model: string;
  format: FormatName;
  frames?: true;
  threshold?: number;
  extractor: ExtractorName;
  perChannel?: true;
  encoding?: PcmEncoding;
  rate?: number;
  channels?: number;
}

const MOST_CHANNELS = 256;

/** Declares the options on a command. */
export function addFileOptions(command: Command): Command {
  return command
    .option('-m, --model <model>', 'path of a model, or the name of one that comes with Earshot', DEFAULT_MODEL)
    .addOption(new Option('-f, --format <name>', 'how to write results').choices(FORMAT_NAMES).default('text'))
    .option('--frames', 'also write what the network says at every frame (jsonl, csv)')
    .option('-t, --threshold <0 to 1>', "how sure a detection must be, in place of the model's own", probability)
    .addOption(
      new Option('--extractor <name>', 'what computes the features: code of our own, or Meyda, its reference')
        .choices(['fused', 'meyda'])
        .default('fused'),
    )
    .option('--per-channel', 'hear each channel apart rather than their mean')
    .addOption(
      new Option('--encoding <name>', 'the input is PCM without a header, coded so').choices([...PCM_ENCODINGS]),
    )
    .option('--rate <hertz>', 'samples a second of input without a header', wholeNumber(LOWEST_RATE, HIGHEST_RATE))
    .option('--channels <n>', 'channels of input without a header (default: 1)', wholeNumber(1, MOST_CHANNELS));
}

/**
 * How to read input without a header; undefined if it has one.
 * @param reject ends the program with a message about wrong usage
 */
export function rawAudio(options: FileOptions, reject: (message: string) => never): RawAudio | undefined {
  const { encoding, rate, channels = 1 } = options;
  if (encoding !== undefined && rate !== undefined) return { encoding, sampleRate: rate, channels };
  if (encoding !== undefined) return reject('--encoding needs --rate');
  if (rate !== undefined) return reject('--rate needs --encoding; audio with a header has its own rate');
  if (options.channels !== undefined) return reject('--channels needs --encoding and --rate');
  return undefined;
}
