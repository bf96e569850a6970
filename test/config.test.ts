import { describe, expect, it } from 'vitest';
import { type DecisionConfig, isBackground, parseModelConfig, thresholdOf, withDecision } from '../src/config.ts';
import { EarshotError } from '../src/errors.ts';

const GOOD = {
  sampleRate: 8000,
  frameSamples: 256,
  hopSamples: 160,
  melBands: 40,
  coefficients: 20,
  inputGain: 32768,
  cell: 'gru',
  hiddenSize: 128,
  layers: 2,
  labels: ['_silence_', 'yes'],
};

const errorOf = (json: unknown): EarshotError => {
  try {
    parseModelConfig(json);
  } catch (error) {
    if (error instanceof EarshotError) return error;
    throw error;
  }
  throw new Error('was accepted');
};

describe('parseModelConfig', () => {
  it('fills in what older files lack', () => {
    const config = parseModelConfig(GOOD);
    expect(config).toMatchObject({ ...GOOD, formatVersion: 1, linearBeforeReset: true, convolutions: [] });
    expect(config.decision).toMatchObject({ clipFrames: 6, threshold: 0.8, thresholds: {} });
  });

  it('does not mind fields that it does not know', () => {
    expect(parseModelConfig({ ...GOOD, inputSize: 20 })).not.toHaveProperty('inputSize');
  });

  it.each([
    ['sampleRate', { sampleRate: 7000 }],
    ['frameSamples', { frameSamples: 300 }],
    ['hopSamples', { hopSamples: 257 }],
    ['hopSamples', { hopSamples: 0 }],
    ['coefficients', { coefficients: 41 }],
    ['coefficients', { melBands: 10 }],
    ['inputGain', { inputGain: 0 }],
    ['cell', { cell: 'mamba' }],
    ['hiddenSize', { hiddenSize: 1e9 }],
    ['layers', { layers: 1.5 }],
    ['layers', { layers: -1 }],
    ['labels', { labels: [] }],
    ['labels.0', { labels: [7] }],
    ['convolutions.0.stride', { convolutions: [{ channels: 4, kernel: 2, stride: 0 }] }],
    ['decision.threshold', { decision: { threshold: 2 } }],
    ['thresholds', { decision: { thresholds: { maybe: 0.5 } } }],
  ])('names %s when it is wrong', (field, change) => {
    const error = errorOf({ ...GOOD, ...change });
    expect(error.code).toBe('EARSHOT_MODEL_DAMAGED');
    expect(error.message).toContain(`\`${field}\``);
  });

  it.each([null, undefined, 7, 'text', [], {}])('refuses %j', (json) => {
    expect(errorOf(json).code).toBe('EARSHOT_MODEL_DAMAGED');
  });

  it('says so when the file is of a newer format, whatever else it holds', () => {
    expect(errorOf({ formatVersion: 2, surprise: true })).toMatchObject({ code: 'EARSHOT_MODEL_TOO_NEW', value: 2 });
  });
});

describe('withDecision', () => {
  it('replaces what is named and keeps the rest', () => {
    const config = parseModelConfig({ ...GOOD, decision: { refractoryFrames: 7 } });
    expect(withDecision(config, { threshold: 0.5 }).decision).toMatchObject({ threshold: 0.5, refractoryFrames: 7 });
    expect(config.decision.threshold).toBe(0.8);
  });

  it('takes what is undefined for left out', () => {
    const config = parseModelConfig({ ...GOOD, decision: { threshold: 0.6, smoothingFrames: 16 } });
    const changes = { threshold: undefined, thresholds: undefined, smoothingFrames: undefined };
    expect(withDecision(config, changes as object)).toEqual(config);
  });

  it.each([
    [{ treshold: 0.5 }, 'There is no `treshold` in `decision`, only clipFrames'],
    [null, 'Expected `decision` to be an object, got null'],
    [5, 'Expected `decision` to be an object, got 5'],
  ])('refuses %j', (changes, message) => {
    expect(() => withDecision(parseModelConfig(GOOD), changes as object)).toThrow(
      expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });

  it('takes one threshold for all labels, and those of single labels beside others', () => {
    const labels = ['_silence_', 'yes', 'no'];
    const config = parseModelConfig({ ...GOOD, labels, decision: { thresholds: { yes: 1 } } });
    const changed = (changes: Partial<DecisionConfig>) => withDecision(config, changes).decision;
    expect(changed({ refractoryFrames: 3 }).thresholds).toEqual({ yes: 1 });
    expect(changed({ thresholds: { no: 0.5 } }).thresholds).toEqual({ yes: 1, no: 0.5 });
    expect(changed({ threshold: 0.3 })).toMatchObject({ threshold: 0.3, thresholds: {} });
    expect(changed({ threshold: 0.3, thresholds: { no: 0.5 } })).toMatchObject({
      threshold: 0.3,
      thresholds: { no: 0.5 },
    });
  });
});

describe('thresholdOf', () => {
  it('takes no word for what every object has', () => {
    expect(thresholdOf({ threshold: 0.7, thresholds: { no: 0.4 } }, 'no')).toBe(0.4);
    for (const label of ['constructor', 'toString']) {
      expect(thresholdOf({ threshold: 0.7, thresholds: { no: 0.4 } }, label)).toBe(0.7);
    }
  });
});

describe('isBackground', () => {
  it('knows the labels that are no words', () => {
    expect(['_silence_', '_unknown_', 'yes', '_', ''].map(isBackground)).toEqual([true, true, false, false, false]);
  });
});
