import { mixDown } from '../../audio/pcm.js';
import { openAudio } from '../../node/open-audio.js';

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
  const samples = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return { samples, sampleRate: audio.sampleRate };
}

/** The first second, followed by silence where there is less: what the design calls a clip. */
export function oneSecond({ samples, sampleRate }: Sound): Float32Array {
  const second = new Float32Array(sampleRate);
  second.set(samples.subarray(0, sampleRate));
  return second;
}
