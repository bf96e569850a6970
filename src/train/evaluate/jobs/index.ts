import { labelClips } from './clips.js';
import { hearNegatives } from './negatives.js';
import { labelStream } from './stream.js';
import { hearWords } from './words.js';

/** Everything that workers can be asked to do. What a job gives depends on the job and its context alone. */
export const JOBS = { labelClips, labelStream, hearWords, hearNegatives };

export type JobName = keyof typeof JOBS;
export type JobInput<N extends JobName> = Parameters<(typeof JOBS)[N]>[1];
export type JobOutput<N extends JobName> = Awaited<ReturnType<(typeof JOBS)[N]>>;
