import { convertRate } from '../../recordings/convert-rate.js';
import { oneSecond, readPiece } from '../../recordings/sound.js';
import type { WordFile } from '../../recordings/word-files.js';
import { ClipRule } from '../clip-rule.js';
import type { JobContext } from './context.js';

/** Readable clips to label as one stream, in this order. */
export interface StreamJob {
  clips: readonly WordFile[];
}

/**
 * Labels clips as one stream, as kws_streaming does (Rybakov et al. 2020): each cut or padded to one second, one after
 * the other, the state never reset; the clip rule at each clip's end, over frames that ended in the clip. The stream
 * has the rate of its first clip, and clips of another are converted.
 * @returns a label each
 */
export async function labelStream({ model }: JobContext, { clips }: StreamJob): Promise<string[]> {
  const rule = new ClipRule(model.labels.length, model.config.decision.clipFrames);
  const labels: string[] = [];
  const { sampleRate } = await readPiece(clips[0]);
  const spotter = model.spotter({ sampleRate });
  for (const clip of clips) {
    const samples = convertRate(await readPiece(clip), sampleRate);
    rule.begin();
    spotter.push(oneSecond({ samples, sampleRate }), {
      frame: (_, posteriors) => rule.frame(posteriors),
      detection() {},
    });
    labels.push(model.labels[rule.label()]);
  }
  spotter.dispose();
  return labels;
}
