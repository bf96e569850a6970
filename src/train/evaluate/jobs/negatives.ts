import { mixDown } from '../../../audio/pcm.js';
import type { SpotterSink } from '../../../channel.js';
import { openAudio } from '../../../node/open-audio.js';
import { type BadFile, badFile } from '../../recordings/bad-file.js';
import { THRESHOLDS, ThresholdBank } from '../threshold-bank.js';
import type { JobContext } from './context.js';

/** Recordings without any keyword. */
export interface NegativesJob {
  paths: readonly string[];
}

/** What was heard in a recording in which there is nothing to hear. */
export interface HeardNegative {
  seconds: number;
  /** Detections by the model's own decision, a number for each label. */
  accepts: number[];
  /** With each of `THRESHOLDS` for all labels: `acceptsAt[threshold][label]`. */
  acceptsAt: number[][];
}

/** Hears each recording as a stream of its own, from a fresh state to its flushed end. */
export async function hearNegatives(
  context: JobContext,
  { paths }: NegativesJob,
): Promise<(HeardNegative | BadFile)[]> {
  const heard: (HeardNegative | BadFile)[] = [];
  for (const path of paths) heard.push(await hearNegative(context, path).catch((error) => badFile(path, error)));
  return heard;
}

async function hearNegative({ model }: JobContext, path: string): Promise<HeardNegative> {
  const audio = await openAudio(path);
  const { sampleRate } = audio;
  const accepts = model.labels.map(() => 0);
  const acceptsAt = THRESHOLDS.map(() => model.labels.map(() => 0));
  const bank = new ThresholdBank(model.config);
  const count = (threshold: number, label: number): void => void acceptsAt[threshold][label]++;
  const sink: SpotterSink = {
    frame: (frame, posteriors) => bank.step(frame, posteriors, count),
    detection: (label) => void accepts[label]++,
  };
  const spotter = model.spotter({ sampleRate });
  let samples = 0;
  try {
    for await (const planar of audio) {
      spotter.push(mixDown(planar), sink);
      samples += planar[0].length;
    }
    spotter.flush(sink);
  } finally {
    spotter.dispose();
  }
  return { seconds: samples / sampleRate, accepts, acceptsAt };
}
