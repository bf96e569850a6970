import { Command, Option } from 'commander';
import type { EarshotError } from '../errors.js';
import type { EarshotEvent, FrameEvent } from '../events.js';
import type { ExtractorName } from '../features/extractor.js';
import { listDevices, listen } from '../node/listen.js';
import { openModel } from '../node/open-model.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf } from './failure.js';
import { addFileOptions } from './file-options.js';
import { FORMATS } from './formats/index.js';
import { oneLine } from './formats/one-line.js';
import { LiveLine } from './live-line.js';
import { Output } from './output.js';

const EXAMPLES = `
Examples:
  $ earshot listen
  $ earshot listen --list-devices
  $ earshot listen --device usb --format jsonl | jq -r 'select(.type == "detection").label'
  $ arecord -q -f S16_LE -r 16000 -t raw | earshot file - --encoding s16le --rate 16000
`;

/** What errors and events name in place of a path. */
const MICROPHONE = 'microphone';

const LISTEN_FORMATS = ['text', 'jsonl', 'csv'] as const;

/** What commander makes of the options of `earshot listen`. */
interface ListenCommandOptions {
  device?: string;
  listDevices?: true;
  worklet?: true;
  model: string;
  format: (typeof LISTEN_FORMATS)[number];
  frames?: true;
  threshold?: number;
  extractor: ExtractorName;
}

/** Adds `earshot listen` to the program. */
export function addListenCommand(program: Command): void {
  const command = program
    .command('listen')
    .summary('find keywords in what a microphone hears')
    .description('Finds keywords in what a microphone hears, until Ctrl-C.')
    .addHelpText('after', EXAMPLES);
  addListenOptions(command).action(async (options: ListenCommandOptions) => {
    if (options.frames && !FORMATS[options.format].frames) {
      command.error(`error: --format ${options.format} has no place for --frames; use jsonl or csv`);
    }
    process.exitCode = options.listDevices ? await tellDevices() : await hearMicrophone(options);
  });
}

/** These mean what they mean to `earshot file`. */
const SHARED_OPTIONS = ['--model', '--frames', '--threshold', '--extractor'];

/** Declares the options on a command. */
export function addListenOptions(command: Command): Command {
  command
    .option('-d, --device <name>', 'which microphone: its name, a part of that, or its id')
    .option('--list-devices', 'tell which microphones there are, and end')
    .option('--worklet', "listen with the browser's worklet, to compare; takes most of a core")
    .addOption(new Option('-f, --format <name>', 'how to write results').choices(LISTEN_FORMATS).default('text'));
  for (const option of addFileOptions(new Command()).options) {
    if (SHARED_OPTIONS.includes(option.long ?? '')) command.addOption(option);
  }
  return command;
}

/** @returns the exit code */
async function tellDevices(): Promise<number> {
  try {
    const devices = await listDevices();
    for (const { deviceId, label } of devices) process.stdout.write(`${oneLine(label)}\t${deviceId}\n`);
    if (devices.length === 0) process.stderr.write('earshot: There is no microphone\n');
    return EXIT.done;
  } catch (error) {
    process.stderr.write(failureLine(MICROPHONE, failureOf(error)));
    return EXIT.failed;
  }
}

/** @returns the exit code, once somebody has ended it or the microphone has gone */
async function hearMicrophone(options: ListenCommandOptions): Promise<number> {
  const run = new ListenRun(options);
  const signal = endedBySignals();
  try {
    await run.hear(signal);
    return EXIT.done;
  } catch (error) {
    if (signal.aborted) return EXIT.done;
    await run.fail(error);
    return EXIT.failed;
  } finally {
    await run.close();
  }
}

/** Aborts with the first Ctrl-C or `kill`; the second one ends the program at once. */
function endedBySignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted);
      controller.abort();
    });
  }
  return controller.signal;
}

/** One run of `earshot listen`: tells what a microphone hears. */
class ListenRun {
  readonly #options: ListenCommandOptions;
  readonly #line = new LiveLine(process.stderr);
  readonly #results: Output;
  readonly #messages: Output;
  /** What a failure is about: the model, and once that is open the microphone. */
  #about: string;
  #write: (event: EarshotEvent) => void = () => {};

  constructor(options: ListenCommandOptions) {
    const hide = () => this.#line.hide();
    this.#options = options;
    this.#about = options.model;
    this.#results = new Output(process.stdout, process.stdout.isTTY ? hide : undefined);
    this.#messages = new Output(process.stderr, hide);
  }

  /** Resolves when the signal has ended it. */
  async hear(signal: AbortSignal): Promise<void> {
    const { device, worklet, extractor, threshold, frames = false, ...options } = this.#options;
    const model = await openModel(options.model);
    const { labels } = model;
    this.#about = MICROPHONE;
    const format = FORMATS[options.format].create({ labels, perChannel: false, frames, severalFiles: false });
    this.#write = (event) => void this.#results.write(format.write(event));
    const onFrame = (event: FrameEvent) => {
      if (frames) this.#write(event);
      this.#show(event, labels);
    };
    let lost: EarshotError | undefined;
    const listener = await listen({
      model,
      device,
      worklet,
      extractor,
      signal,
      // One threshold for all labels, also those for which the model has its own.
      decision: threshold === undefined ? {} : { threshold, thresholds: {} },
      onDetection: (event) => this.#write(event),
      ...((frames || this.#line.isUsed) && { onFrame }),
      ...(this.#line.isUsed && { onLevel: (level) => this.#line.level(level) }),
      onError: (error) => {
        lost = error;
      },
    });
    await this.#results.write(format.head);
    this.#write({ type: 'file', path: MICROPHONE, format: 'live', sampleRate: listener.sampleRate, channels: 1 });
    await listener.finished;
    if (lost) throw lost;
  }

  async fail(error: unknown): Promise<void> {
    const failure = failureOf(error);
    const { code, message } = failure;
    this.#write({ type: 'error', code, message, path: this.#about });
    await this.#messages.write(failureLine(this.#about, failure));
  }

  async close(): Promise<void> {
    this.#line.hide();
    await Promise.all([this.#results.close(), this.#messages.close()]);
  }

  #show({ time, posteriors }: FrameEvent, labels: readonly string[]): void {
    const posterior = Math.max(...posteriors);
    this.#line.hear({ time, label: labels[posteriors.indexOf(posterior)], posterior });
  }
}
