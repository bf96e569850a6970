import type { Command } from 'commander';
import { mixDown } from '../audio/pcm.js';
import { connect, type StreamClient } from '../client/index.js';
import type { AudioStream } from '../files/audio-stream.js';
import { openAudio } from '../node/open-audio.js';
import { endOnSignals } from './endings.js';
import { EXIT } from './exit-codes.js';
import { failureLine, failureOf, warningLine } from './failure.js';
import { openOutlets } from './outlets.js';
import { openSource } from './source.js';

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

const MESSAGE_SECONDS = 0.1;

/** Adds `earshot stream FILE|- URL` to the program. */
export function addStreamCommand(program: Command): void {
  program
    .command('stream')
    .summary('send audio to a server')
    .description(
      'Sends a recording, or audio from standard input, to a server and prints its events as lines of JSON.\n' +
        'A token, if the server wants one, is read from the environment variable EARSHOT_TOKEN.',
    )
    .argument('<file>', 'a file in any format that `earshot file` reads, or - for standard input')
    .argument('<url>', 'the server, such as http://localhost:8080')
    .option('--name <name>', 'name of the stream')
    .option('-m, --model <name>', 'a model of the server')
    .option('--frames', 'print frames too')
    .option('--realtime', 'send no faster than the audio plays')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, url: string, options: StreamOptions) => {
      process.exitCode = await streamFile(file, url, options);
    });
}

/** @returns the exit code */
async function streamFile(file: string, url: string, options: StreamOptions): Promise<number> {
  const outlets = openOutlets();
  endOnSignals(outlets);
  try {
    const audio = await openAudio((await openSource(file)).bytes);
    const { name, model, frames, realtime = false } = options;
    const client = await connect(url, {
      sampleRate: audio.sampleRate,
      token: process.env.EARSHOT_TOKEN,
      events: frames ? ['frame', 'detection'] : ['detection'],
      name,
      model,
    });
    client.on('warning', (warning) => void outlets.messages.write(warningLine(file, warning)));
    const printing = (async () => {
      for await (const event of client) await outlets.results.write(`${JSON.stringify(event)}\n`);
    })();
    await Promise.all([printing, send(audio, client, realtime)]);
    return EXIT.done;
  } catch (error) {
    await outlets.messages.write(failureLine(file, failureOf(error)));
    return EXIT.failed;
  }
}

async function send(audio: AudioStream, client: StreamClient, realtime: boolean): Promise<void> {
  const start = performance.now();
  const step = Math.round(MESSAGE_SECONDS * audio.sampleRate);
  let sent = 0;
  for await (const planar of audio) {
    const samples = mixDown(planar);
    for (let at = 0; at < samples.length; at += step) {
      const part = samples.subarray(at, at + step);
      sent += part.length;
      if (realtime) await sleepUntil(start + (1000 * sent) / audio.sampleRate);
      await client.send(part);
    }
  }
  await client.close();
}

async function sleepUntil(time: number): Promise<void> {
  const left = time - performance.now();
  if (left > 0) await new Promise((done) => setTimeout(done, left));
}
