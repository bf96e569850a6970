import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TrainingMemory } from '../../src/train/kernels/kernels.ts';
import { ANY_BACKGROUND, crossEntropy, logPriorsOf, type SegmentKind, weighSteps } from '../../src/train/loss.ts';
import { Signal } from '../../src/train/network/signal.ts';
import { worst } from '../helpers/kernels.ts';
import { numbers } from './helpers.ts';

describe('the loss', () => {
  const labels = [1, 0, 3];
  const logits = (seed: number, scale = 3) => {
    const signal = new Signal(new TrainingMemory(), { steps: 2, rows: 3 }, 4);
    signal.values.set(numbers(24, seed, scale));
    return signal;
  };

  test('is the weighted mean of -Σ target · log softmax', () => {
    const signal = logits(1);
    const weights = Float32Array.of(1, 0.5, 0, 2, 0, 0.25);
    let expected = 0;
    weights.forEach((weight, i) => {
      const exps = [...signal.values.subarray(4 * i, 4 * i + 4)].map(Math.exp);
      const sum = exps.reduce((a, b) => a + b);
      exps.forEach((e, l) => {
        const target = 0.1 / 4 + (l === labels[i % 3] ? 0.9 : 0);
        expected -= weight * target * Math.log(e / sum);
      });
    });
    expect(crossEntropy(signal, { labels, weights, smoothing: 0.1 })).toBeCloseTo(expected, 5);
  });

  test('has gradients that sum to 0 at every step, and are 0 where the weight is', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const signal = logits(seed);
        crossEntropy(signal, { labels, weights: Float32Array.of(1, 1, 0, 1, 1, 1), smoothing: 0.1 });
        for (let i = 0; i < 6; i++) {
          const gradients = [...signal.gradients.subarray(4 * i, 4 * i + 4)];
          expect(gradients.reduce((a, b) => a + b)).toBeCloseTo(0, 5);
          expect(gradients.some((g) => g !== 0)).toBe(i !== 2);
        }
      }),
    );
  });

  test('of any background is -log of what the keywords leave, with its gradient', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const weights = Float32Array.of(1, 0.5, 0.25, 2, 1, 1);
        const targets = { labels: [ANY_BACKGROUND, ANY_BACKGROUND, ANY_BACKGROUND], weights, smoothing: 0.1 };
        const signal = logits(seed);
        let expected = 0;
        weights.forEach((weight, i) => {
          const exps = [...signal.values.subarray(4 * i, 4 * i + 4)].map(Math.exp);
          expected -= weight * Math.log((exps[0] + exps[1]) / exps.reduce((a, b) => a + b));
        });
        expect(crossEntropy(signal, targets)).toBeCloseTo(expected, 4);
        const at = seed % 24;
        const gradient = signal.gradients[at];
        const nudged = (by: number) => {
          const other = logits(seed);
          other.values[at] += by;
          return crossEntropy(other, targets);
        };
        expect((nudged(1e-2) - nudged(-1e-2)) / 2e-2).toBeCloseTo(gradient, 3);
      }),
    );
  });

  test('with log priors is the loss of logits with these added', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (seed, logPriors) => {
          const targets = { labels: [ANY_BACKGROUND, 0, 3], weights: new Float32Array(6).fill(0.5), smoothing: 0.1 };
          const [signal, shifted] = [logits(seed), logits(seed)];
          shifted.values.forEach((value, i) => {
            shifted.values[i] = value + logPriors[i % 4];
          });
          expect(crossEntropy(signal, { ...targets, logPriors })).toBeCloseTo(crossEntropy(shifted, targets), 5);
          expect(worst(signal.gradients, shifted.gradients)).toBeLessThan(1e-6);
        },
      ),
    );
  });

  test('teaches a network that hears nothing to take all labels for equally likely, however often they are drawn', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 4, maxLength: 4 }), (draws) => {
        const labels = draws.flatMap((count, label) => new Array<number>(count).fill(label));
        const signal = new Signal(new TrainingMemory(), { steps: 1, rows: labels.length }, 4);
        const weights = new Float32Array(labels.length).fill(1);
        crossEntropy(signal, { labels, weights, smoothing: 0, logPriors: logPriorsOf(draws) });
        const pull = [0, 1, 2, 3].map((l) => signal.gradients.reduce((sum, g, i) => (i % 4 === l ? sum + g : sum), 0));
        for (const one of pull) expect(one).toBeCloseTo(0, 3);
      }),
    );
  });

  test('lets a teacher have its share: nothing to learn where all of it is believed already', () => {
    const weights = new Float32Array(6).fill(1);
    const taught = (share: number, of: Signal) => ({ logits: of.values.slice(), share });
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, share) => {
        const logPriors = [1, 0.5, 0, -1];
        const [own, other] = [logits(seed), logits(seed + 1)];
        crossEntropy(own, { labels, weights, smoothing: 0.1, logPriors, taught: taught(1, own) });
        expect(worst(own.gradients, new Float32Array(24))).toBeLessThan(1e-6);
        // The loss is linear in the target.
        const loss = (part?: number) =>
          crossEntropy(own, {
            labels,
            weights,
            smoothing: 0.1,
            logPriors,
            taught: part === undefined ? part : taught(part, other),
          });
        expect(loss(share)).toBeCloseTo((1 - share) * loss() + share * loss(1), 3);
      }),
    );
  });

  test('has finite log priors also where a label is never drawn', () => {
    expect(logPriorsOf([0, 30, 10, 10])).toEqual([0, Math.log(3), 0, 0]);
  });

  test('stays finite for logits far apart', () => {
    const signal = logits(1, 1e5);
    const loss = crossEntropy(signal, { labels, weights: new Float32Array(6).fill(1), smoothing: 0.1 });
    expect(loss).toBeLessThan(Infinity);
    expect(signal.gradients.every(Number.isFinite)).toBe(true);
  });
});

describe('the weights of steps', () => {
  const steps = 25;
  const weigh = (kind: SegmentKind, seed = 1) => {
    const logits = new Signal(new TrainingMemory(), { steps, rows: 3 }, 4);
    logits.values.set(numbers(steps * 3 * 4, seed, 3));
    const all = new Float32Array(steps * 3).fill(7);
    weighSteps(kind, logits, 1, all);
    return { logits, all, weights: all.filter((_, i) => i % 3 === 1) };
  };

  test.each([
    'word',
    'speech',
    'runOn',
    'silence',
  ] as const)('of a segment of %s sum to 1, and other rows stay', (kind) => {
    const { all, weights } = weigh(kind);
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    expect(all.filter((_, i) => i % 3 !== 1).every((weight) => weight === 7)).toBe(true);
  });

  test('begin in the last third of a word and of silence', () => {
    expect(weigh('word').weights.findIndex((weight) => weight > 0)).toBe(17);
    expect(weigh('silence').weights.findIndex((weight) => weight > 0)).toBe(17);
  });

  test('leave the time in which a word before may still be told', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('word', 'speech', 'runOn', 'silence'), (seed, kind) => {
        expect(weigh(kind, seed).weights.slice(0, Math.floor(steps / 3))).toEqual(new Float32Array(8));
      }),
    );
  });

  test('of speech lie where the keywords are believed in most', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { logits, weights } = weigh('speech', seed);
        const beliefs = Array.from({ length: steps }, (_, t) => {
          const [silence, unknown, ...keywords] = logits.values
            .subarray((3 * t + 1) * 4, (3 * t + 2) * 4)
            .map(Math.exp);
          const keyword = keywords.reduce((a, b) => a + b);
          return keyword / (silence + unknown + keyword);
        });
        const late = (t: number) => t >= Math.floor(steps / 3);
        const least = Math.min(...beliefs.filter((_, t) => weights[t] > 0));
        const most = Math.max(...beliefs.filter((_, t) => weights[t] === 0 && late(t)));
        expect(least).toBeGreaterThanOrEqual(most - 1e-6);
      }),
    );
  });
});
