import { convertRate } from '../../recordings/convert-rate.js';
import { oneSecond, readSound } from '../../recordings/sound.js';
import { ClipRule } from '../clip-rule.js';
import type { JobContext } from './context.js';

/** Readable clips to label as one stream, in this order. */
export interface StreamJob {
  paths: readonly string[];
}

/**
 * Labels clips as one stream, as kws_streaming does (Rybakov et al. 2020): each cut or padded to one second, one after
 * the other, the state never reset; the clip rule at each clip's end, over frames that ended in the clip. The stream
 * has the rate of its first clip, and clips of another are converted.
 * @returns a label each
 */
export async function labelStream({ model }: JobContext, { paths }: StreamJob): Promise<string[]> {
  const rule = new ClipRule(model.labels.length, model.config.decision.clipFrames);
  const labels: string[] = [];
  const { sampleRate } = await readSound(paths[0]);
  const spotter = model.spotter({ sampleRate });
  for (const path of paths) {
    const samples = convertRate(await readSound(path), sampleRate);
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
