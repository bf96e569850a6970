import { type Command, Option } from 'commander';
import { type StreamEvent, subscribe } from '../client/index.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf } from './failure.js';
import { clock } from './formats/clock.js';
import { oneLine } from './formats/one-line.js';
import { openOutlets } from './outlets.js';
import { tellOfConnection } from './tell-connection.js';

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
  const command = program
    .command('subscribe')
    .summary('print the events of a server')
    .description(
      'Prints the events of the streams of a server, until Ctrl-C. A lost connection is made again.\n' +
        'A token, if the server wants one, is read from the environment variable EARSHOT_TOKEN.',
    )
    .argument('<url>', 'the server, such as http://localhost:8080')
    .addHelpText('after', EXAMPLES);
  addSubscribeOptions(command).action(async (url: string, options: SubscribeOptions) => {
    process.exitCode = await printEvents(url, options);
  });
}

/** Declares the options on a command. */
export function addSubscribeOptions(command: Command): Command {
  return command
    .option('--stream <name>', 'only this stream')
    .option('--events <kinds>', 'of stream_opened, frame, detection, stream_closed, with commas between')
    .option('--since <number>', 'begin after the event of this number')
    .addOption(new Option('-f, --format <name>', 'how to write').choices(Object.keys(FORMATS)).default('text'));
}

const CLOSE_MILLISECONDS = 1000;

/** @returns the exit code */
async function printEvents(url: string, { stream, events, since, format }: SubscribeOptions): Promise<number> {
  const { results, messages } = openOutlets();
  try {
    const subscription = await subscribe(url, {
      token: process.env.EARSHOT_TOKEN,
      stream,
      // The server says which kinds there are, and what a number is.
      events: events?.split(',') as StreamEvent['type'][] | undefined,
      since: since === undefined ? undefined : Number(since),
    });
    process.once('SIGINT', () => subscription.close());
    process.once('SIGTERM', () => subscription.close());
    tellOfConnection(subscription, url, messages);
    for await (const event of subscription) await results.write(FORMATS[format](event));
    // A server that is stuck does not answer the end of the connection.
    setTimeout(() => process.exit(), CLOSE_MILLISECONDS).unref();
    return EXIT.done;
  } catch (error) {
    await messages.write(failureLine(url, failureOf(error)));
    return EXIT.failed;
  }
}

/** A line for people: the stream, when in it, and what. */
function textOf(event: StreamEvent): string {
  return `${event.stream.padEnd(16)}  ${newsOf(event)}\n`;
}

function newsOf(event: StreamEvent): string {
  switch (event.type) {
    case 'detection':
      return `${clock(event.start)}  ${oneLine(event.label).padEnd(8)} ${event.score.toFixed(2)}`;
    case 'frame':
      return `${clock(event.time)}  ${event.posteriors.map((posterior) => posterior.toFixed(2)).join(' ')}`;
    case 'stream_opened':
      return `begins (${event.model}, ${event.sample_rate} Hz)`;
    case 'stream_closed':
      return `ends: ${event.frames} frames, ${event.detections} detections`;
  }
}
