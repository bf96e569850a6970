import type { Command } from 'commander';
import type { RawAudio } from '../files/raw.js';
import type { Model } from '../model.js';
import { openModel } from '../node/open-model.js';
import { endOnSignals } from './endings.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf } from './failure.js';
import { addFileOptions, type FileOptions, rawAudio } from './file-options.js';
import { FileRun, type RunOptions } from './file-run.js';
import { FORMATS } from './formats/index.js';
import { isDirectory, STDIN } from './inputs.js';
import { openOutlets } from './outlets.js';

const EXAMPLES = `
Examples:
  $ earshot file recording.wav
  $ earshot file --format csv recordings/ > heard.csv
  $ earshot file --format jsonl talk.mp3 | jq -r 'select(.type == "detection").label'
  $ arecord -q -f S16_LE -r 16000 -t wav | earshot file -
  $ ffmpeg -v error -i film.mkv -f s16le -ac 1 -ar 16000 - | earshot file --encoding s16le --rate 16000 -
`;

/** Adds `earshot file PATH…` to the program. */
export function addFileCommand(program: Command): void {
  const command = program
    .command('file')
    .summary('find keywords in recordings')
    .description(
      'Finds keywords in recordings: WAV, FLAC, MP3, Ogg Vorbis, Ogg Opus, AAC, M4A, WebM, told by their bytes.\n' +
        'Results go to standard output, everything else to standard error.',
    )
    .argument('<paths...>', 'files, directories (all audio in them and below), or - for standard input')
    .addHelpText('after', EXAMPLES);
  addFileOptions(command).action(async (paths: string[], options: FileOptions) => {
    process.exitCode = await hearFiles(paths, options, (message) => command.error(`error: ${message}`));
  });
}

type Reject = (message: string) => never;

/** @returns the exit code */
async function hearFiles(paths: string[], options: FileOptions, reject: Reject): Promise<number> {
  const raw = rawAudio(options, reject);
  const severalFiles = paths.length > 1 || (await isDirectory(paths[0]));
  checkUsage(paths, options, severalFiles, reject);

  const outlets = openOutlets();
  endOnSignals(outlets);
  const model = await openModel(options.model).catch(failureOf);
  if ('code' in model) {
    await outlets.messages.write(failureLine(options.model, model));
    return EXIT.failed;
  }
  const format = FORMATS[options.format].create({
    labels: model.labels,
    perChannel: options.perChannel ?? false,
    frames: options.frames ?? false,
    severalFiles,
  });
  await outlets.results.write(format.head);
  const run = new FileRun(runOptions(model, raw, options), format, outlets);
  for (const path of paths) await run.hear(path);
  outlets.progress.hide();
  return run.failures === 0 ? EXIT.done : EXIT.failed;
}

function runOptions(model: Model, raw: RawAudio | undefined, options: FileOptions): RunOptions {
  const { perChannel = false, frames = false, extractor, threshold } = options;
  const decision = threshold === undefined ? {} : { threshold };
  return { model, raw, perChannel, frames, extractor, decision };
}

function checkUsage(
  paths: readonly string[],
  { format, frames }: FileOptions,
  severalFiles: boolean,
  reject: Reject,
): void {
  if (frames && !FORMATS[format].frames) reject(`--format ${format} has no place for --frames; use jsonl or csv`);
  if (severalFiles && FORMATS[format].oneFileOnly) reject(`--format ${format} describes one file; name exactly one`);
  if (paths.filter((path) => path === STDIN).length > 1) reject('Standard input (-) can be named only once');
}
