import { describe, expect, it, vi } from 'vitest';
import { type FileInfo, infoText } from '../../src/cli/info.ts';
import type { DecisionConfig } from '../../src/config.ts';
import { modelInfo } from '../../src/model-info.ts';
import { Spotter } from '../../src/spotter.ts';
import { smallModel } from '../helpers/models.ts';
import { linesOf, runCli } from './cli.ts';

describe('modelInfo', () => {
  it.each([
    { cell: 'gru' as const, layers: 2 },
    { cell: 'lstm' as const, layers: 1 },
    { cell: 'rnn' as const, layers: 3 },
    { convolutions: [{ channels: 9, kernel: 1, stride: 1 }], layers: 0 },
    { cell: 'gru' as const, convolutions: [{ channels: 9, kernel: 3, stride: 2 }] },
  ])('counts the parameters of the layers as the file has them: %o', async (changes) => {
    const info = modelInfo(await smallModel(changes));
    expect(info.layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(info.parameters);
  });

  it('divides the multiply-adds of a layer by the strides up to it', async () => {
    const convolutions = [
      { channels: 8, kernel: 3, stride: 2 },
      { channels: 6, kernel: 2, stride: 3 },
    ];
    const info = modelInfo(await smallModel({ convolutions, layers: 1 }));
    const network = {
      first: (8 * 3 * 10) / 2,
      second: (6 * 2 * 8) / 6,
      gru: (3 * 12 * (6 + 12)) / 6,
      dense: (3 * 12) / 6,
    };
    expect(info.layers.map(({ name, everyFrames }) => [name, everyFrames])).toEqual([
      ['convolution 1', 2],
      ['convolution 2', 6],
      ['gru 1', 6],
      ['dense', 6],
    ]);
    expect(info.multiplyAddsPerFrame).toBeCloseTo(
      Object.values(network).reduce((a, b) => a + b),
      9,
    );
    expect(info.multiplyAddsPerSecond).toBeCloseTo(50 * info.multiplyAddsPerFrame, 9);
  });

  it('leaves no stream behind', async () => {
    const dispose = vi.spyOn(Spotter.prototype, 'dispose');
    modelInfo(await smallModel());
    expect(dispose).toHaveBeenCalledTimes(1);
    dispose.mockRestore();
  });
});

describe('earshot info', () => {
  it('describes the model that comes with the package, as text and as JSON', async () => {
    const { code, stdout } = await runCli(['info', '--json']);
    expect(code).toBe(0);
    const info: FileInfo = JSON.parse(stdout);
    expect(info).toMatchObject({ name: 'commands', frontEnd: { sampleRate: 8000, hopMilliseconds: 20 } });
    const text = infoText(info);
    for (const word of [info.fingerprint, 'GRU', 'MIT', ...info.labels]) {
      expect(text.toLowerCase()).toContain(word.toLowerCase());
    }
  });

  it('says what a word must reach, and for how long', async () => {
    const info = { ...modelInfo(await smallModel()), path: 'mine.safetensors', bytes: 1 };
    const atLeast = (decision: Partial<DecisionConfig>) =>
      infoText({ ...info, decision: { ...info.decision, threshold: 0.9, ...decision } }).match(/at least +(.*)/)?.[1];
    expect(atLeast({ minimumFrames: 2, sustainedFrames: 0 })).toBe('2 frames at the threshold');
    expect(atLeast({ minimumFrames: 1, sustainedFrames: 24 })).toBe('1 frame at the threshold, or 24 frames at 0.75');
  });

  it('names a model that does not exist', async () => {
    const { code, stdout, stderr } = await runCli(['info', 'nonesuch']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr).toMatch(
      /^earshot: nonesuch: No model nonesuch comes with Earshot, only commands, commands-small, jarvis \(EARSHOT_MODEL_NOT_FOUND\)\n$/,
    );
  });
});
