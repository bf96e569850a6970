import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecisionConfig, ModelConfig } from '../src/config.ts';
import { Decider } from '../src/decide.ts';
import { plainKernels } from '../src/kernels/plain.ts';
import { SlotLayout } from '../src/kernels/slot.ts';

const LABELS = ['_silence_', 'yes', 'no'];

interface Decision {
  label: string;
  score: number;
  startFrame: number;
  endFrame: number;
}

const settings = (changes: Partial<DecisionConfig> = {}): DecisionConfig => ({
  clipFrames: 6,
  smoothingFrames: 1,
  threshold: 0.6,
  thresholds: {},
  refractoryFrames: 0,
  minimumFrames: 1,
  sustainedFrames: 0,
  ...changes,
});

/** The decisions on a sequence of posteriors, by the code under test. */
function decide(rows: number[][], decision: DecisionConfig): Decision[] {
  const { memory } = plainKernels();
  const layout = new SlotLayout();
  const posteriors = layout.float32(LABELS.length);
  const decider = new Decider(memory, layout, { labels: LABELS, decision } as unknown as ModelConfig, posteriors);
  const slot = memory.allocate(layout.bytes);
  const found: Decision[] = [];
  rows.forEach((row, frame) => {
    memory.f32.set(row, (slot + posteriors) >> 2);
    if (!decider.step(slot, frame)) return;
    const { label, score, startFrame, endFrame } = decider;
    found.push({ label: LABELS[label], score, startFrame, endFrame });
  });
  return found;
}

/** The same from the definition, looking back over the whole sequence at each frame. */
function decideByDefinition(rows: number[][], decision: DecisionConfig): Decision[] {
  const { smoothingFrames, minimumFrames, sustainedFrames, refractoryFrames, thresholds, threshold } = decision;
  const smoothed = (k: number, l: number) => {
    let sum = 0;
    for (let j = Math.max(0, k - smoothingFrames + 1); j <= k; j++) sum += Math.fround(rows[j][l]);
    return sum / smoothingFrames;
  };
  const thresholdOf = (l: number) => thresholds[LABELS[l]] ?? threshold;
  const odds = (probability: number) => probability / (1 - probability);
  const reaches = (k: number, l: number) => smoothed(k, l) >= thresholdOf(l);
  const lasts = (frames: number, k: number, holds: (j: number) => boolean) =>
    k + 1 >= frames && Array.from({ length: frames }, (_, back) => k - back).every(holds);
  const isReleased = (k: number, l: number) => smoothed(k, l) <= thresholdOf(l) / 2;
  const nearlyReaches = (k: number, l: number) => !isReleased(k, l) && odds(smoothed(k, l)) >= odds(thresholdOf(l)) / 3;
  const likeliest = (k: number) => rows[k].indexOf(Math.max(...rows[k]));
  const found: Decision[] = [];
  for (let k = 0; k < rows.length; k++) {
    const last = found.at(-1);
    if (last && k - last.endFrame <= refractoryFrames) continue;
    const able = [1, 2].filter((l) => {
      const isSustained = sustainedFrames > 0 && lasts(sustainedFrames, k, (j) => nearlyReaches(j, l));
      if (!isSustained && !lasts(minimumFrames, k, (j) => reaches(j, l))) return false;
      const before = found.findLast((d) => d.label === LABELS[l]);
      if (!before) return true;
      for (let j = before.endFrame; j <= k; j++) if (isReleased(j, l)) return true;
      return false;
    });
    if (able.length === 0) continue;
    const best = able.reduce((a, b) => (smoothed(k, b) > smoothed(k, a) ? b : a));
    let start = k;
    while (likeliest(k) === best && start > 0 && likeliest(start - 1) === best) start--;
    found.push({ label: LABELS[best], score: smoothed(k, best), startFrame: start, endFrame: k });
  }
  return found;
}

const S = [1, 0, 0];
const Y = [0.1, 0.9, 0];
const N = [0.1, 0, 0.9];

describe('Decider', () => {
  it('decides as its definition says, on any posteriors', () => {
    // Eighths are exact in binary, so that ties and sums do not depend on rounding.
    const row = fc.tuple(fc.nat(8), fc.nat(8), fc.nat(8)).map((eighths) => eighths.map((e) => e / 8));
    const decision = fc.record({
      smoothingFrames: fc.constantFrom(1, 2, 4),
      threshold: fc.constantFrom(0.25, 0.5, 0.75),
      thresholds: fc.constantFrom<Record<string, number>>({}, { no: 0.375 }),
      refractoryFrames: fc.nat(6),
      minimumFrames: fc.integer({ min: 1, max: 3 }),
      sustainedFrames: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), decision, (rows, changes) => {
        expect(decide(rows, settings(changes))).toEqual(decideByDefinition(rows, settings(changes)));
      }),
      { numRuns: 2000 },
    );
  });

  it('reports where the label became the likeliest, and the frame that decided', () => {
    const found = decide([S, S, Y, Y, Y, S], settings({ smoothingFrames: 2, minimumFrames: 2 }));
    expect(found).toEqual([{ label: 'yes', score: expect.closeTo(0.9), startFrame: 2, endFrame: 4 }]);
  });

  it('detects a word that never reaches its threshold when it stays at a third of its odds', () => {
    const nearly = [0.6, 0.4, 0];
    const sustained = settings({ sustainedFrames: 3 });
    expect(decide([S, nearly, nearly, S, nearly, nearly, nearly, S], sustained)).toEqual([
      { label: 'yes', score: expect.closeTo(0.4), startFrame: 6, endFrame: 6 },
    ]);
    expect(decide(Array(9).fill(nearly), settings())).toEqual([]);
    expect(decide(Array(9).fill(Y), settings({ sustainedFrames: 3, threshold: 1 }))).toEqual([]);
  });

  it('detects a word once, however long it is heard', () => {
    expect(decide([S, ...Array(500).fill(Y)], settings({ refractoryFrames: 3 })).length).toBe(1);
  });

  it('detects a word once, while its posterior wavers about the threshold', () => {
    const dip = [0.4, 0.4, 0.2];
    expect(decide([Y, dip, Y, dip, Y], settings()).length).toBe(1);
  });

  it('detects a word again after it was gone', () => {
    expect(decide([Y, S, Y, S, Y], settings()).map((d) => d.endFrame)).toEqual([0, 2, 4]);
  });

  it('detects a word again after it was gone, also at a threshold of 0', () => {
    const gone = settings({ smoothingFrames: 1, threshold: 0, thresholds: { no: 1 }, refractoryFrames: 0 });
    const none = [1, 0, 0];
    expect(decide([Y, none, none, Y, none, Y], gone).map(({ endFrame }) => endFrame)).toEqual([0, 3, 5]);
  });

  it('is quiet for the refractory time, for every word, then hears what is still said', () => {
    expect(decide([Y, N, N, N, N], settings({ refractoryFrames: 2 })).map((d) => [d.label, d.endFrame])).toEqual([
      ['yes', 0],
      ['no', 3],
    ]);
  });

  it('never reports background, however sure the network is', () => {
    expect(decide(Array(100).fill(S), settings({ threshold: 0 })).map((d) => d.label)).not.toContain('_silence_');
  });
});
