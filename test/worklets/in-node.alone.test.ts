import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type DetectionEvent, decodeEvent, type FrameEvent } from '../../src/events.ts';
import { readModelFile } from '../../src/model-file.ts';
import { hearWithWorklet } from '../../src/node/hear-with-worklet.ts';
import { loadWebAudio } from '../../src/node/web-audio.ts';
import { ReportReader } from '../../src/worklet/report-reader.ts';
import { linesOf, runCli } from '../cli/cli.ts';
import { bundledModelBytes } from '../helpers/models.ts';
import { readWav } from '../helpers/wav.ts';

// The file that browsers run on their audio thread, as it was bundled, on the audio thread of node-web-audio-api, which
// takes as long as the recording lasts on an idle machine, and many times that on a busy one.

const SAMPLE = fileURLToPath(new URL('../../samples/words.wav', import.meta.url));
const WORDS: string[] = JSON.parse(readFileSync(new URL('../../samples/expected.json', import.meta.url), 'utf8'))[
  'words.wav'
];
const LIMIT_MS = 300_000;

const webAudio = await loadWebAudio().catch(() => undefined);
if (!webAudio && process.env.CI) throw new Error('node-web-audio-api does not load, and CI must have it');

interface Heard {
  frames: FrameEvent[];
  detections: DetectionEvent[];
}

async function inWorklet(): Promise<Heard> {
  if (!webAudio) throw new Error('There is no node-web-audio-api');
  const { samples, sampleRate } = readWav(SAMPLE);
  const { length } = samples;
  const model = readModelFile(bundledModelBytes());
  const context = new webAudio.OfflineAudioContext({ numberOfChannels: 1, length, sampleRate });
  const buffer = new webAudio.AudioBuffer({ length, sampleRate });
  buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, 0);
  const source = new webAudio.AudioBufferSourceNode(context, { buffer });
  const heard: Heard = { frames: [], detections: [] };
  await new Promise<void>((resolve, reject) => {
    const reader = new ReportReader(model.config, sampleRate, [], {
      onFrame: (event) => heard.frames.push(event),
      onDetection: (event) => heard.detections.push(event),
      onEnd: (error) => (error ? reject(error) : resolve()),
    });
    const options = { model, length, activations: false, samples: false };
    hearWithWorklet(webAudio, source, options, (report) => reader.read(report))
      .then(() => {
        source.start();
        return context.startRendering();
      })
      .catch(reject);
  });
  return heard;
}

async function inCommandLine(): Promise<Heard> {
  const { stdout } = await runCli(['file', '--frames', '--format', 'jsonl', SAMPLE]);
  const events = linesOf(stdout).map(decodeEvent);
  return {
    frames: events.filter((event) => event.type === 'frame'),
    detections: events.filter((event) => event.type === 'detection'),
  };
}

describe.skipIf(!webAudio)("The browser's worklet in Node", () => {
  it('hears what the command line hears, to the last bit', { timeout: LIMIT_MS }, async () => {
    const [worklet, file] = await Promise.all([inWorklet(), inCommandLine()]);
    expect(file.detections.map(({ label }) => label)).toEqual(WORDS);
    expect(worklet).toEqual(file);
  });
});
