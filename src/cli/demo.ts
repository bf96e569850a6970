import { fileURLToPath } from 'node:url';
import { connect } from '../client/index.js';
import { openAudio } from '../node/open-audio.js';
import { FORMATS } from './formats/index.js';
import type { Output } from './output.js';
import { sendAudio } from './send-audio.js';

const SAMPLE = 'samples/words.wav';
const SAMPLE_PATH = fileURLToPath(new URL(`../../${SAMPLE}`, import.meta.url));

/** Plays a recording to a server as any client would, and tells what is heard in it. */
export async function playDemo(server: URL, results: Output): Promise<void> {
  const audio = await openAudio(SAMPLE_PATH);
  const client = await connect(server, { sampleRate: audio.sampleRate, name: 'demo', events: ['detection'] });
  const options = { labels: client.labels, perChannel: false, frames: false, severalFiles: true };
  const format = FORMATS.text.create(options);
  await results.write(`\n${SAMPLE}, played to the server as the stream "demo"\n`);
  client.on('detection', (event) => void results.write(format.write(event)));
  await sendAudio(audio, client, true);
  await client.close();
}
