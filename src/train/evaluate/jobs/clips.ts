import { createHash } from 'node:crypto';
import type { Spotter } from '../../../spotter.js';
import { Random } from '../../random.js';
import { type BadFile, badFile } from '../../recordings/bad-file.js';
import { convertRate } from '../../recordings/convert-rate.js';
import { clipOf, oneSecond, readPiece, type Sound } from '../../recordings/sound.js';
import type { WordFile } from '../../recordings/word-files.js';
import { wordSpan } from '../../recordings/word-span.js';
import { ClipRule } from '../clip-rule.js';
import { mixAtSnr, noiseExcerpt } from '../mix.js';
import type { JobContext } from './context.js';
import { DRAW } from './draw.js';

/** Clips to label one by one. */
export interface ClipsJob {
  clips: readonly NumberedClip[];
  /** Signal-to-noise ratios in decibels at which to label each clip again, in each of the noises. */
  snrDb: readonly number[];
}

/** `index` is the clip's place among all clips, for what is drawn at random. */
type NumberedClip = WordFile & { index: number };

/** What the model takes a clip for. */
export interface LabelledClip {
  /** SHA-1 of the samples and their rate. */
  digest: string;
  predicted: string;
  /** The same in noise: `inNoise[noise][snr]`. */
  inNoise: string[][];
}

/** Labels clips by the clip rule: each from a fresh state, cut or padded to one second at its own rate, no flush. */
export async function labelClips(context: JobContext, { clips, snrDb }: ClipsJob): Promise<(LabelledClip | BadFile)[]> {
  const labelled: (LabelledClip | BadFile)[] = [];
  for (const clip of clips) {
    labelled.push(await labelClip(context, clip, snrDb).catch((error) => badFile(clip.path, error)));
  }
  return labelled;
}

async function labelClip(
  { model, seed, noises }: JobContext,
  file: NumberedClip,
  snrDb: readonly number[],
): Promise<LabelledClip> {
  const sound = await readPiece(file);
  const { samples, sampleRate } = sound;
  const digest = createHash('sha1').update(samples).update(`${sampleRate}`).digest('hex');
  const recorded = clipOf(sound);
  const clip = oneSecond({ samples: recorded, sampleRate });
  const spotter = model.spotter({ sampleRate });
  const label = (samples: Float32Array) =>
    model.labels[labelSecond(spotter, samples, model.config.decision.clipFrames)];
  const word = wordSpan(recorded, sampleRate);
  const inNoise = noises.map((noise, n) => {
    const random = Random.ofEvaluation(seed, DRAW.noise, n, file.index);
    const excerpt = noiseExcerpt(atRate(noise, sampleRate), clip.length, random);
    return snrDb.map((snr) => label(mixAtSnr(clip, word, excerpt, snr)));
  });
  const predicted = label(clip);
  spotter.dispose();
  return { digest, predicted, inNoise };
}

function labelSecond(spotter: Spotter, samples: Float32Array, clipFrames: number): number {
  const rule = new ClipRule(spotter.labels.length, clipFrames);
  spotter.reset();
  spotter.push(samples, { frame: (_, posteriors) => rule.frame(posteriors), detection() {} });
  return rule.label();
}

const converted = new WeakMap<Sound, Map<number, Float32Array>>();

/** A noise at another rate; kept, because most clips have the same. */
function atRate(noise: Sound, rate: number): Float32Array {
  const known = converted.get(noise) ?? new Map<number, Float32Array>();
  converted.set(noise, known);
  const samples = known.get(rate) ?? convertRate(noise, rate);
  known.set(rate, samples);
  return samples;
}
