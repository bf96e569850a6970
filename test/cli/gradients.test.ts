import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { wavFile } from '../../web/wav.ts';
import { smallModelBytes } from '../helpers/models.ts';
import { babble } from '../helpers/sound.ts';
import { directoryOf } from '../train/evaluate/helpers.ts';
import { runCli } from './cli.ts';

describe('earshot gradients', () => {
  test('shows the reach of each layer as a table, as JSON and as a chart', async () => {
    const folder = directoryOf({
      'one.safetensors': smallModelBytes({ cell: 'lstm' }),
      'talk.wav': wavFile(babble(8000 * 3, 8000, 1), 8000),
    });
    const [model, data, report] = ['one.safetensors', 'talk.wav', 'reach.html'].map((name) => join(folder, name));
    const text = await runCli(['gradients', model, '--data', data, '--report', report]);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toContain('one.safetensors, layer 2');
    expect(readFileSync(report, 'utf8')).toContain('How far the gradient reaches back');
    const json = await runCli(['gradients', model, '--data', data, '--json']);
    const [reach] = JSON.parse(json.stdout);
    expect(reach).toMatchObject({ cell: 'lstm', stepSeconds: 0.02 });
    expect(reach.layers.map((layer: number[]) => [layer.length, layer[0]])).toEqual([
      [100, 1],
      [100, 1],
    ]);
  });

  test('takes a model that is shipped, with its weights of 8 bits', async () => {
    const talk = join(directoryOf({ 'talk.wav': wavFile(babble(24000, 8000, 1), 8000) }), 'talk.wav');
    const { code, stdout } = await runCli(['gradients', 'commands-small', '--data', talk]);
    expect(code).toBe(0);
    expect(stdout).toContain('commands-small, layer 1');
  });

  test('names recordings that it cannot read, and hears the others', async () => {
    const folder = directoryOf({
      'broken.wav': 'RIFFnothing',
      'talk.wav': wavFile(babble(24000, 8000, 1), 8000),
    });
    const { code, stdout, stderr } = await runCli(['gradients', 'commands-small', '--data', folder, '--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^earshot: .*broken\.wav: .* \(EARSHOT_AUDIO_\w+\)\n$/);
    expect(JSON.parse(stdout)).toMatchObject([{ model: 'commands-small', streams: 1 }]);
  });

  test('wants more than two seconds of sound', async () => {
    const talk = join(directoryOf({ 'talk.wav': wavFile(babble(8000, 8000, 1), 8000) }), 'talk.wav');
    const { code, stderr } = await runCli(['gradients', 'commands-small', '--data', talk]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/to be seconds of recordings, more than 2, got 1 /);
  });

  test('says in one line what is missing', async () => {
    const { code, stderr } = await runCli(['gradients', 'nonesuch', '--data', '.']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^earshot: nonesuch: .* \(EARSHOT_MODEL_NOT_FOUND\)\n$/);
  });
});
