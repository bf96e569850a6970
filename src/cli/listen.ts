import { Command, Option } from 'commander';
import type { EarshotError, ErrorCode } from '../errors.js';
import type { DetectionEvent, EarshotEvent, FrameEvent } from '../events.js';
import type { ExtractorName } from '../features/extractor.js';
import type { Level } from '../node/level-meter.js';
import { type ListenOptions, listDevices, listen } from '../node/listen.js';
import { DEFAULT_MODEL, openModel } from '../node/open-model.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf } from './failure.js';
import { addFileOptions } from './file-options.js';
import { FORMATS } from './formats/index.js';
import { oneLine } from './formats/one-line.js';
import { type ListenAtOptions, listenAt } from './listen-at.js';
import { LiveLine } from './live-line.js';
import { Output } from './output.js';
import { tellOfConnection } from './tell-connection.js';

const EXAMPLES = `
Examples:
  $ earshot listen
  $ earshot listen --list-devices
  $ earshot listen --to http://localhost:8080
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
  /** Undefined for a server's default. */
  model: string | undefined;
  format: (typeof LISTEN_FORMATS)[number];
  frames?: true;
  threshold?: number;
  extractor: ExtractorName;
  to?: string;
  name?: string;
}

/** Adds `earshot listen` to the program. */
export function addListenCommand(program: Command): void {
  const command = program
    .command('listen')
    .summary('find keywords in what a microphone hears')
    .description(
      'Finds keywords in what a microphone hears, until Ctrl-C.\n' +
        'A token, if a server wants one, is read from the environment variable EARSHOT_TOKEN.',
    )
    .addHelpText('after', EXAMPLES);
  addListenOptions(command).action(async (options: ListenCommandOptions) => {
    if (options.frames && !FORMATS[options.format].frames) {
      command.error(`error: --format ${options.format} has no place for --frames; use jsonl or csv`);
    }
    if (options.to !== undefined) {
      if (options.worklet) command.error('error: --worklet is for listening here; a server hears in its own way');
      if (command.getOptionValueSource('extractor') === 'cli') command.error('error: --extractor is up to the server');
      if (command.getOptionValueSource('model') !== 'cli') options.model = undefined;
    } else if (options.name !== undefined)
      command.error('error: --name is for a stream on a server; it goes with --to');
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
    .addOption(new Option('-f, --format <name>', 'how to write results').choices(LISTEN_FORMATS).default('text'))
    .option('--to <url>', 'send the sound to a server; --model is then one of its models')
    .option('--name <name>', 'name of the stream on the server');
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
  #labels: readonly string[] = [];
  #write: (event: EarshotEvent) => void = () => {};

  constructor(options: ListenCommandOptions) {
    const hide = () => this.#line.hide();
    this.#options = options;
    this.#about = options.to ?? options.model ?? DEFAULT_MODEL;
    this.#results = new Output(process.stdout, process.stdout.isTTY ? hide : undefined);
    this.#messages = new Output(process.stderr, hide);
  }

  /** Resolves when the signal has ended it. */
  async hear(signal: AbortSignal): Promise<void> {
    const { device, frames, to } = this.#options;
    let lost: EarshotError | undefined;
    const hearing = {
      device,
      signal,
      onDetection: (event: DetectionEvent) => this.#write(event),
      ...((frames || this.#line.isUsed) && { onFrame: (event: FrameEvent) => this.#frame(event) }),
      ...(this.#line.isUsed && { onLevel: (level: Level) => this.#line.level(level) }),
      onError: (error: EarshotError) => {
        lost = error;
      },
    };
    const listener = await (to === undefined ? this.#hearHere(hearing) : this.#hearAt(to, hearing));
    this.#write({ type: 'file', path: MICROPHONE, format: 'live', sampleRate: listener.sampleRate, channels: 1 });
    await listener.finished;
    if (lost) throw lost;
  }

  async #hearHere(hearing: Omit<ListenOptions, 'model'>) {
    const { extractor, threshold, worklet } = this.#options;
    const model = await openModel(this.#options.model);
    this.#about = MICROPHONE;
    await this.#begin(model.labels);
    const decision = threshold === undefined ? {} : { threshold };
    return listen({ ...hearing, model, worklet, extractor, decision });
  }

  #hearAt(server: string, hearing: Omit<ListenAtOptions, 'name' | 'model' | 'token' | 'configuration' | 'onReady'>) {
    const { name, model, threshold } = this.#options;
    return listenAt(server, {
      ...hearing,
      name,
      model,
      token: process.env.EARSHOT_TOKEN,
      configuration: threshold === undefined ? {} : { threshold },
      onReady: (client) => {
        void this.#begin(client.labels);
        tellOfConnection(client, server, this.#messages);
      },
    });
  }

  async fail(error: unknown): Promise<void> {
    const failure = failureOf(error);
    const { code, message } = failure;
    const path = isOfMicrophone(code) ? MICROPHONE : this.#about;
    this.#write({ type: 'error', code, message, path });
    await this.#messages.write(failureLine(path, failure));
  }

  async close(): Promise<void> {
    this.#line.hide();
    await Promise.all([this.#results.close(), this.#messages.close()]);
  }

  async #begin(labels: readonly string[]): Promise<void> {
    const { frames = false } = this.#options;
    const format = FORMATS[this.#options.format].create({ labels, perChannel: false, frames, severalFiles: false });
    this.#labels = labels;
    this.#write = (event) => void this.#results.write(format.write(event));
    await this.#results.write(format.head);
  }

  #frame(event: FrameEvent): void {
    const { time, posteriors } = event;
    if (this.#options.frames) this.#write(event);
    const posterior = Math.max(...posteriors);
    this.#line.hear({ time, label: this.#labels[posteriors.indexOf(posterior)], posterior });
  }
}

const isOfMicrophone = (code: ErrorCode): boolean =>
  code.startsWith('EARSHOT_MICROPHONE') || code === 'EARSHOT_AUDIO_BACKEND';
