import { Random } from '../../random.js';
import { convertRate } from '../../recordings/convert-rate.js';
import { readPiece, type Sound } from '../../recordings/sound.js';
import type { WordFile } from '../../recordings/word-files.js';
import { wordSpan } from '../../recordings/word-span.js';
import type { Heard, SpokenWord } from '../match.js';
import { THRESHOLDS, ThresholdBank } from '../threshold-bank.js';
import type { JobContext } from './context.js';
import { DRAW } from './draw.js';

/** Readable words to hear as one stream, in this order. */
export interface WordsJob {
  /** Which stream of the evaluation this is, for what is drawn at random. */
  index: number;
  words: readonly WordFile[];
}

/** What was said in a stream, and what was heard. */
export interface HeardWords {
  words: SpokenWord[];
  /** By the model's own decision. */
  heard: Heard[];
  /** With each of `THRESHOLDS` for all labels. */
  heardAt: Heard[][];
}

/** Between one recording's end and the next one's start. */
const SHORTEST_GAP_SECONDS = 0.5;
const LONGEST_GAP_SECONDS = 2;
/** After the last recording, so that its word can still be detected. */
const LAST_GAP_SECONDS = 1;
/** The noise under the stream: a quiet room, 60 dB below full scale. */
const NOISE_RMS = 0.001;

/**
 * Hears words as a user speaks them: whole recordings with gaps of 0.5 to 2 seconds, over white noise of -60 dB of full
 * scale, as one stream of the first word's rate, through the model's decisions.
 */
export async function hearWords({ model, seed }: JobContext, { index, words }: WordsJob): Promise<HeardWords> {
  const random = Random.ofEvaluation(seed, DRAW.gaps, index);
  const { sampleRate } = await readPiece(words[0]);
  const spoken: SpokenWord[] = [];
  const heard: Heard[] = [];
  const heardAt: Heard[][] = THRESHOLDS.map(() => []);
  const bank = new ThresholdBank(model.config);
  const spotter = model.spotter({ sampleRate });
  const { timeline, labels } = spotter;
  const heardIn = (label: number, frame: number): Heard => ({ label: labels[label], time: timeline.endOf(frame) });
  let samplesSoFar = 0;
  const push = (samples: Float32Array): void => {
    spotter.push(withNoise(samples, random), {
      frame: (frame, posteriors) =>
        bank.step(frame, posteriors, (n, label, end) => heardAt[n].push(heardIn(label, end))),
      detection: (label, _score, _start, end) => heard.push(heardIn(label, end)),
    });
    samplesSoFar += samples.length;
  };
  for (const word of words) {
    push(silence(gap(random), sampleRate));
    const recording: Sound = { samples: convertRate(await readPiece(word), sampleRate), sampleRate };
    spoken.push(spokenWord(word.label, recording, samplesSoFar));
    push(recording.samples);
  }
  push(silence(LAST_GAP_SECONDS, sampleRate));
  spotter.dispose();
  return { words: spoken, heard, heardAt };
}

const gap = (random: Random): number => random.between(SHORTEST_GAP_SECONDS, LONGEST_GAP_SECONDS);

const silence = (seconds: number, sampleRate: number) => new Float32Array(Math.round(seconds * sampleRate));

/** @param from sample of the stream at which the recording begins */
function spokenWord(label: string, { samples, sampleRate }: Sound, from: number): SpokenWord {
  const { start, end } = wordSpan(samples, sampleRate);
  return { label, start: (from + start) / sampleRate, end: (from + end) / sampleRate };
}

/** Adds noise that is uniform in ±√3 of its root mean square. */
const withNoise = (samples: Float32Array, random: Random): Float32Array =>
  samples.map((sample) => sample + NOISE_RMS * Math.sqrt(3) * random.between(-1, 1));
