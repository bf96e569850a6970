import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { mixDown } from '../src/audio/pcm.ts';
import type { Model } from '../src/model.ts';
import { openAudio } from '../src/node/open-audio.ts';
import { starterModel } from './helpers/models.ts';

const SHARED = fileURLToPath(new URL('../../shared/', import.meta.url));
const CLIPS = `${SHARED}data/real/commands_dev/`;
const REFERENCE = `${SHARED}starter/commands_dev.json`;
const isHere = existsSync(CLIPS) && existsSync(REFERENCE);
const reason = isHere ? '' : ' (skipped: the recordings are not part of the repository)';
/** Lead of the reference's label over the second one, from which another good resampler must agree. */
const SURE = 0.1;

interface Reference {
  accuracy: number;
  clips: Record<string, { decided: string; margin: number }>;
}

it.skipIf(!isHere)(`labels the recorded clips as the reference does, resampled from 16 kHz${reason}`, async () => {
  const { clips, accuracy }: Reference = JSON.parse(readFileSync(REFERENCE, 'utf8'));
  const model = await starterModel();
  const differing: string[] = [];
  const sure: string[] = [];
  let right = 0;
  for (const [name, { decided, margin }] of Object.entries(clips)) {
    const label = await labelOf(model, CLIPS + name);
    if (name.startsWith(`${label}/`)) right++;
    if (label !== decided) differing.push(`${name}: ${label} for ${decided}, margin ${margin}`);
    if (label !== decided && margin >= SURE) sure.push(name);
  }
  const count = Object.keys(clips).length;
  console.log(`accuracy ${(right / count).toFixed(4)} of ${count} clips, the reference's ${accuracy.toFixed(4)}`);
  console.log([`${differing.length} clips differ from the reference:`, ...differing].join('\n  '));
  expect(count).toBe(1183);
  expect(sure).toEqual([]);
});

/** The label with the highest mean posterior over the last K frames of a clip padded to one second, not flushed. */
async function labelOf(model: Model, path: string): Promise<string> {
  const audio = await openAudio(path);
  const second = new Float32Array(audio.sampleRate);
  let at = 0;
  for await (const planar of audio) {
    const samples = mixDown(planar);
    second.set(samples.subarray(0, second.length - at), at);
    at = Math.min(second.length, at + samples.length);
  }
  const spotter = model.spotter({ sampleRate: audio.sampleRate });
  const posteriors = spotter.push(second).flatMap((event) => (event.type === 'frame' ? [event.posteriors] : []));
  spotter.dispose();
  expect(posteriors.length).toBe(49);
  const sums = model.labels.map((_, label) =>
    posteriors.slice(-model.config.decision.clipFrames).reduce((sum, p) => sum + p[label], 0),
  );
  return model.labels[sums.indexOf(Math.max(...sums))];
}
