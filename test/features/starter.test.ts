import { describe, expect, test } from 'vitest';
import type { Model } from '../../src/model.ts';
import { put, take, worst } from '../helpers/kernels.ts';
import { starterModel } from '../helpers/models.ts';
import { decide, posteriorsOf, recordedClips, type StarterClip, syntheticClips } from '../helpers/starter.ts';

const models = await Promise.all((['plain', 'simd'] as const).map((kernels) => starterModel({ kernels })));

/** The MFCCs of every whole frame. */
function mfccOf(model: Model, samples: Float32Array): Float32Array[] {
  const { kernels, config } = model;
  const extractor = model.extractor('fused');
  const sound = put(kernels, samples);
  const out = put(kernels, new Float32Array(config.coefficients));
  const frames = 1 + Math.floor((samples.length - config.frameSamples) / config.hopSamples);
  return Array.from({ length: frames }, (_, k) => {
    extractor.extract(sound + k * config.hopSamples * 4, out);
    return take(kernels, out, config.coefficients);
  });
}

const worstOf = (frames: readonly Float32Array[], expected: readonly number[][]): number =>
  Math.max(...expected.map((frame, k) => worst(frames[k], frame)));

function checkMfcc({ samples, mfcc }: StarterClip): void {
  for (const model of models) {
    const frames = mfccOf(model, samples);
    expect(frames).toHaveLength(49);
    expect(frames).toHaveLength(mfcc.length);
    expect(worstOf(frames, mfcc)).toBeLessThanOrEqual(1e-2);
  }
}

function checkPosteriors({ samples, posteriors, decided }: StarterClip): void {
  for (const model of models) {
    const frames = posteriorsOf(model, samples);
    expect(frames).toHaveLength(posteriors.length);
    expect(worstOf(frames, posteriors)).toBeLessThanOrEqual(1e-4);
    expect(decide(model.labels, frames)).toBe(decided);
  }
}

const named = (clips: readonly StarterClip[]) => clips.map((clip) => [clip.clip, clip] as const);

test('the two models run on different kernels', () => {
  expect(models.map(({ kernels }) => kernels.name)).toEqual(['plain', 'simd']);
});

describe('on synthetic clips', () => {
  test.each(named(syntheticClips()))('the MFCCs of %s are within 1e-2 of the reference', (_, clip) => checkMfcc(clip));
  test.each(named(syntheticClips()))('the posteriors of %s are within 1e-4 of PyTorch', (_, clip) =>
    checkPosteriors(clip));
});

const recorded = recordedClips();
describe('on recorded clips', () => {
  if (!recorded) {
    test.skip('skipped, because ../shared/starter, whose recordings may not be published, is not on this machine');
    return;
  }
  test.each(named(recorded))('the MFCCs of %s are within 1e-2 of the reference', (_, clip) => checkMfcc(clip));
  test.each(named(recorded))('the posteriors of %s are within 1e-4 of PyTorch', (_, clip) => checkPosteriors(clip));
});
