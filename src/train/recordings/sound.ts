import { joined } from '../../audio/joined.js';
import { mixDown } from '../../audio/pcm.js';
import type { AudioStream } from '../../files/audio-stream.js';
import { openAudio } from '../../node/open-audio.js';
import { emptyPiece, type Piece } from './piece.js';
import { wordSecond } from './word-second.js';

/** A recording in memory: the mean of its channels. */
export interface Sound {
  samples: Float32Array;
  sampleRate: number;
}

/** Reads a whole file. @throws EarshotError what `openAudio` and reading throw */
export async function readSound(path: string): Promise<Sound> {
  const audio = await openAudio(path);
  return { samples: joined(await mixedBetween(audio, 0, Infinity)), sampleRate: audio.sampleRate };
}

/**
 * Reads a piece of a file, and the file not beyond it.
 * @throws EarshotError EARSHOT_AUDIO_EMPTY where there is no sound in it, and what reading throws
 */
export async function readPiece({ path, start = 0, end = Infinity }: Piece & { path: string }): Promise<Sound> {
  const audio = await openAudio(path);
  const { sampleRate } = audio;
  const samples = joined(await mixedBetween(audio, Math.round(start * sampleRate), Math.round(end * sampleRate)));
  if (samples.length === 0) throw emptyPiece({ start, end });
  return { samples, sampleRate };
}

/** The mean of all channels, samples [from, to) of what a file holds. */
async function mixedBetween(audio: AudioStream, from: number, to: number): Promise<Float32Array[]> {
  const parts: Float32Array[] = [];
  let at = 0;
  for await (const planar of audio) {
    const samples = mixDown(planar);
    parts.push(samples.slice(Math.max(0, from - at), Math.max(0, to - at)));
    at += samples.length;
    if (at >= to) break;
  }
  return parts;
}

/** At most a second: the first one, or of a long recording the one in which the word is, as in training. */
export function clipOf({ samples, sampleRate }: Sound): Float32Array {
  const { offset, length } = wordSecond(samples, { offset: 0, length: samples.length }, sampleRate);
  return samples.subarray(offset, offset + Math.min(length, sampleRate));
}

/** The same, followed by silence where it is less than a second: what the clip rule labels (docs/evaluation.md). */
export function oneSecond(sound: Sound): Float32Array {
  const second = new Float32Array(sound.sampleRate);
  second.set(clipOf(sound));
  return second;
}
