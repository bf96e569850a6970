import { existsSync, readFileSync } from 'node:fs';
import type { Model } from '../../src/model.ts';
import { readWav } from './wav.ts';

/** What PyTorch and numpy make of a clip with the starter model: per frame, MFCCs and posteriors. */
export interface StarterClip {
  clip: string;
  decided: string;
  samples: Float32Array;
  mfcc: number[][];
  posteriors: number[][];
}

const COMMITTED = new URL('../fixtures/starter/', import.meta.url);
const SHARED = new URL('../../../shared/starter/', import.meta.url);

function read(expected: URL, folder: URL): StarterClip[] {
  const { clips } = JSON.parse(readFileSync(expected, 'utf8'));
  return clips.map((clip: StarterClip) => ({ ...clip, samples: readWav(new URL(clip.clip, folder)).samples }));
}

/** Four clips of a synthetic voice, which come with the repository. */
export const syntheticClips = (): StarterClip[] => read(new URL('expected.json', COMMITTED), COMMITTED);

/** Recorded clips, which may not be published; undefined on machines that do not have them. */
export const recordedClips = (): StarterClip[] | undefined =>
  existsSync(SHARED) ? read(new URL('expected.json', SHARED), new URL('clips/', SHARED)) : undefined;

/** The posteriors of every whole frame of a clip. */
export function posteriorsOf(model: Model, samples: Float32Array): Float32Array[] {
  const spotter = model.spotter();
  const frames: Float32Array[] = [];
  spotter.push(samples, { frame: (_, posteriors) => frames.push(posteriors.slice()), detection: () => {} });
  spotter.dispose();
  return frames;
}

/** The label of a whole clip: the largest mean posterior over its last 6 frames. */
export function decide(labels: readonly string[], posteriors: readonly ArrayLike<number>[]): string {
  const means = labels.map((_, label) => posteriors.slice(-6).reduce((sum, frame) => sum + frame[label], 0));
  return labels[means.indexOf(Math.max(...means))];
}
