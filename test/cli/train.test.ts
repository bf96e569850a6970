import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readModelFile } from '../../src/model-file.ts';
import { writeTones } from '../train/tones.ts';
import { directoryWith, runCli } from './cli.ts';

const folder = directoryWith({});
const [tones, model, cache] = ['tones', 'tones.safetensors', 'cache'].map((name) => join(folder, name));
writeTones(tones, 40, 10);

const train = (...options: string[]) =>
  runCli(['train', '--data', tones, '--words', 'low,middle,high', '--cache', cache, ...options]);

describe('earshot train and earshot evaluate', () => {
  test('learn words, say how well, and write thresholds for a number of false accepts', async () => {
    const network = ['--preset', 'plain', '--hidden', '16', '--layers', '1'];
    const options = [
      '--out',
      model,
      ...network,
      '--epochs',
      '40',
      '--rate',
      '0.03',
      '--threshold',
      '0.85',
      '--workers',
      '1',
    ];
    const learnt = await train(...options);
    expect(learnt).toMatchObject({ code: 0, stderr: expect.stringContaining('epoch 40/40') });
    expect(learnt.stdout).toContain(`Try it: earshot page --model ${model}\n`);

    expect(readModelFile(readFileSync(model)).config.decision.threshold).toBe(0.85);
    const scored = await runCli(['evaluate', model, '--data', tones, '--split', 'validation', '--json']);
    const { clips, accuracy, streamedAccuracy, confusion } = JSON.parse(scored.stdout);
    expect([scored.code, clips]).toEqual([0, 40]);
    expect(Math.min(accuracy, streamedAccuracy)).toBeGreaterThan(0.5);
    expect(confusion.labels).toEqual(['_silence_', '_unknown_', 'low', 'middle', 'high']);

    const out = join(folder, 'calibrated.safetensors');
    const other = join(tones, 'validation', 'other');
    const calibration = [
      '--data',
      tones,
      '--negatives',
      other,
      '--calibrate',
      '--target-fa-per-hour',
      '5',
      '--out',
      out,
    ];
    expect(await runCli(['evaluate', model, ...calibration])).toMatchObject({ code: 0, stderr: '' });
    expect(await runCli(['info', out])).toMatchObject({ code: 0, stdout: expect.stringContaining('low') });
  });

  test('tell what was measured though something cannot be written, and what that is', async () => {
    const report = join(folder, 'nowhere', 'report.html');
    const { code, stdout, stderr } = await runCli(['evaluate', 'commands-small', '--data', tones, '--report', report]);
    expect(code).toBe(1);
    expect(stdout).toContain('200');
    expect(stderr).toBe(`earshot: ${report}: There is no such file or directory (EARSHOT_FILE_NOT_FOUND)\n`);
    const calibration = ['--negatives', tones, '--calibrate', '--target-fa-per-hour', '5', '--out', report];
    const written = ['--report', join(folder, 'uncalibrated.html')];
    const uncalibrated = await runCli(['evaluate', 'commands-small', '--data', tones, ...calibration, ...written]);
    expect(uncalibrated.stdout).toContain('False accepts an hour');
    expect(uncalibrated.stderr).toMatch(/none of yes, no, up, down.*\(EARSHOT_BAD_ARGUMENT\)\n$/);
    expect(existsSync(join(folder, 'uncalibrated.html'))).toBe(true);
  });

  test.each([
    [['--out', model, '--from', 'commands', '--hidden', '48'], /--hidden.*cannot be used with.*--from/],
    [['--out', model, '--words', 'yes,yes'], /Expected different words/],
    [['--out', model, '--epochs', '1e1'], /Expected a whole number from 1 on/],
    [['--out', model, '--seed', ''], /Expected a whole number from 0 on/],
    [['--out', model, '--hidden', '40000'], /Expected a whole number from 4 to 4096/],
    [['--out', model, '--threshold', '1.1'], /Expected 0 to 1/],
    [['--out', folder], /`out`.*a file, not a directory.*\(EARSHOT_BAD_ARGUMENT\)/],
    [
      ['--out', model, '--from', fileURLToPath(import.meta.url)],
      /^earshot: .*train\.test\.ts: .*\(EARSHOT_MODEL_DAMAGED\)\n$/,
    ],
    [['--out', model, '--words', 'nonesuch'], /nonesuch.*\(EARSHOT_BAD_ARGUMENT\)/],
  ])('refuse %j in plain words', async (options, message) => {
    const { code, stderr } = await train(...options);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});
