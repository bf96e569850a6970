import { joined } from '../../audio/joined.js';
import { mixDown } from '../../audio/pcm.js';
import { openAudio } from '../../node/open-audio.js';
import { type Piece, pieceOf } from './piece.js';
import { wordSecond } from './word-second.js';

/** A recording in memory: the mean of its channels. */
export interface Sound {
  samples: Float32Array;
  sampleRate: number;
}

/** Reads a whole file. @throws EarshotError what `openAudio` and reading throw */
export async function readSound(path: string): Promise<Sound> {
  const audio = await openAudio(path);
  const parts: Float32Array[] = [];
  for await (const planar of audio) parts.push(mixDown(planar).slice());
  return { samples: joined(parts), sampleRate: audio.sampleRate };
}

/** Reads a piece of a file. @throws EarshotError EARSHOT_AUDIO_EMPTY where there is no sound in it, and what reading throws */
export async function readPiece({ path, ...piece }: Piece & { path: string }): Promise<Sound> {
  const { samples, sampleRate } = await readSound(path);
  const { offset, length } = pieceOf({ offset: 0, length: samples.length }, piece, sampleRate);
  return { samples: samples.subarray(offset, offset + length), sampleRate };
}

/** At most a second: the first one, or of a long recording the one in which the word is, as in training. */
export function clipOf({ samples, sampleRate }: Sound): Float32Array {
  const { offset, length } = wordSecond(samples, { offset: 0, length: samples.length }, sampleRate);
  return samples.subarray(offset, offset + Math.min(length, sampleRate));
}

/** The same, followed by silence where it is less than a second: what the design calls a clip. */
export function oneSecond(sound: Sound): Float32Array {
  const second = new Float32Array(sound.sampleRate);
  second.set(clipOf(sound));
  return second;
}
