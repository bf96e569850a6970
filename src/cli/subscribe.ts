import { type Command, Option } from 'commander';
import { type StreamEvent, subscribe } from '../client/index.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf, warningLine } from './failure.js';
import { oneLine } from './formats/one-line.js';

const EXAMPLES = `
Examples:
  $ earshot subscribe http://localhost:8080
  $ earshot subscribe http://localhost:8080 --stream kitchen --format jsonl | jq -r .label
`;

const FORMATS = {
  text: (event: StreamEvent): string => textOf(event),
  jsonl: (event: StreamEvent): string => `${JSON.stringify(event)}\n`,
};

interface SubscribeOptions {
  stream?: string;
  events?: string;
  since?: string;
  format: keyof typeof FORMATS;
}

/** Adds `earshot subscribe URL` to the program. */
export function addSubscribeCommand(program: Command): void {
  program
    .command('subscribe')
    .summary('print the events of a server')
    .description(
      'Prints the events of the streams of a server, until Ctrl-C. A lost connection is made again.\n' +
        'A token, if the server wants one, is read from the environment variable EARSHOT_TOKEN.',
    )
    .argument('<url>', 'the server, such as http://localhost:8080')
    .option('--stream <name>', 'only this stream')
    .option('--events <kinds>', 'of stream_opened, frame, detection, stream_closed, with commas between')
    .option('--since <number>', 'begin after the event of this number')
    .addOption(new Option('-f, --format <name>', 'how to write').choices(Object.keys(FORMATS)).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(async (url: string, options: SubscribeOptions) => {
      process.exitCode = await printEvents(url, options);
    });
}

/** @returns the exit code */
async function printEvents(url: string, { stream, events, since, format }: SubscribeOptions): Promise<number> {
  try {
    const subscription = await subscribe(url, {
      token: process.env.EARSHOT_TOKEN,
      stream,
      // The server says which kinds there are.
      events: events?.split(',') as StreamEvent['type'][] | undefined,
      since: since === undefined ? undefined : Number(since),
    });
    subscription.on('warning', (warning) => process.stderr.write(warningLine(url, warning)));
    process.once('SIGINT', () => subscription.close());
    process.once('SIGTERM', () => subscription.close());
    for await (const event of subscription) process.stdout.write(FORMATS[format](event));
    return EXIT.done;
  } catch (error) {
    process.stderr.write(failureLine(url, failureOf(error)));
    return EXIT.failed;
  }
}

function textOf(event: StreamEvent): string {
  const stream = event.stream.padEnd(16);
  switch (event.type) {
    case 'detection':
      return `${stream}  ${event.start.toFixed(2).padStart(8)} s  ${oneLine(event.label).padEnd(8)} ${event.score.toFixed(2)}\n`;
    case 'frame':
      return `${stream}  ${event.time.toFixed(2).padStart(8)} s  ${event.posteriors.map((p) => p.toFixed(2)).join(' ')}\n`;
    case 'stream_opened':
      return `${stream}  begins (${event.model}, ${event.sample_rate} Hz)\n`;
    case 'stream_closed':
      return `${stream}  ends: ${event.frames} frames, ${event.detections} detections\n`;
  }
}
