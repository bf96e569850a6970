import type { Command } from 'commander';
import { connect, type StreamClient } from '../client/index.js';
import type { AudioStream, AudioWarning } from '../files/audio-stream.js';
import { openAudio } from '../node/open-audio.js';
import { endOnSignals } from './endings.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf, warningLine } from './failure.js';
import { STDIN } from './inputs.js';
import { openOutlets } from './outlets.js';
import type { Output } from './output.js';
import { sendAudio } from './send-audio.js';
import { openSource } from './source.js';
import { tellOfConnection } from './tell-connection.js';

const EXAMPLES = `
Examples:
  $ earshot stream samples/words.wav http://localhost:8080
  $ earshot stream --realtime --name kitchen talk.mp3 http://localhost:8080
  $ arecord -q -f S16_LE -r 16000 -t wav | earshot stream - http://localhost:8080
`;

interface StreamOptions {
  name?: string;
  model?: string;
  frames?: boolean;
  realtime?: boolean;
}

/** Adds `earshot stream FILE|- URL` to the program. */
export function addStreamCommand(program: Command): void {
  const command = program
    .command('stream')
    .summary('send audio to a server')
    .description(
      'Sends a recording, or audio from standard input, to a server and prints its events as lines of JSON.\n' +
        'A token, if the server wants one, is read from the environment variable EARSHOT_TOKEN.',
    )
    .argument('<file>', 'a file in any format that `earshot file` reads, or - for standard input')
    .argument('<url>', 'the server, such as http://localhost:8080')
    .addHelpText('after', EXAMPLES);
  addStreamOptions(command).action(async (file: string, url: string, options: StreamOptions) => {
    process.exitCode = await streamFile(file, url, options);
  });
}

/** Declares the options on a command. */
export function addStreamOptions(command: Command): Command {
  return command
    .option('--name <name>', 'name of the stream')
    .option('-m, --model <name>', 'a model of the server')
    .option('--frames', 'also print what the network says at every frame')
    .option('--realtime', 'send no faster than the audio plays');
}

/** @returns the exit code */
async function streamFile(file: string, url: string, options: StreamOptions): Promise<number> {
  const { name, model, frames, realtime = false } = options;
  const outlets = openOutlets();
  const { results, messages } = outlets;
  let client: StreamClient | undefined;
  let printing: Promise<void> | undefined;
  const isEnding = endOnSignals(outlets, () => client?.close().then(() => printing));
  /** What a failure is about. */
  let about = file;
  try {
    const onWarning = (warning: AudioWarning) => void messages.write(warningLine(file, warning));
    const audio = await openAudio((await openSource(file)).bytes, { onWarning });
    about = url;
    client = await connect(url, {
      sampleRate: audio.sampleRate,
      token: process.env.EARSHOT_TOKEN,
      events: frames ? ['frame', 'detection'] : ['detection'],
      name,
      model,
    });
    tellOfConnection(client, url, messages);
    about = file;
    client.on('error', () => {
      about = url;
    });
    printing = print(client, results);
    await Promise.all([printing, sendAll(audio, client, realtime)]);
    return EXIT.done;
  } catch (error) {
    if (!isEnding()) await messages.write(failureLine(about, failureOf(error)));
    return EXIT.failed;
  } finally {
    // Waiting for more of it would keep the program alive. Where it is a file, it has no `unref`.
    if (file === STDIN) process.stdin.unref?.();
  }
}

/** Sends a recording and ends the stream, also where the recording cannot be read to its end. */
async function sendAll(audio: AudioStream, client: StreamClient, isRealTime: boolean): Promise<void> {
  try {
    await sendAudio(audio, client, isRealTime);
  } finally {
    await client.close();
  }
}

async function print(client: StreamClient, results: Output): Promise<void> {
  for await (const event of client) await results.write(`${JSON.stringify(event)}\n`);
}
