import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { modelPath, openModel } from '../../src/node/open-model.ts';
import { smallModelBytes } from '../helpers/models.ts';

const directory = mkdtempSync(join(tmpdir(), 'earshot-model-'));
const fileWith = (name: string, content: Uint8Array | string) => {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
};

afterAll(() => rmSync(directory, { recursive: true }));

describe('openModel', () => {
  it('opens the model that comes with the package where none is named', async () => {
    const model = await openModel();
    expect(model.labels).toContain('yes');
    expect((await openModel('commands')).fingerprint).toBe(model.fingerprint);
    expect((await openModel(modelPath('commands'))).fingerprint).toBe(model.fingerprint);
  });

  it('opens a model by its path', async () => {
    expect((await openModel(fileWith('small.safetensors', smallModelBytes()))).labels).toContain('no');
  });

  it.each([
    ['a name that none has', 'nonesuch', 'EARSHOT_MODEL_NOT_FOUND'],
    ['a path where nothing is', join(directory, 'nothing.safetensors'), 'EARSHOT_MODEL_NOT_FOUND'],
    ['a directory', directory, 'EARSHOT_MODEL_NOT_FOUND'],
    ['a file that is no model', fileWith('text.safetensors', 'no model'), 'EARSHOT_MODEL_DAMAGED'],
    ['half a model', fileWith('half.safetensors', smallModelBytes().subarray(0, 3000)), 'EARSHOT_MODEL_DAMAGED'],
    [
      'a model of a later format',
      fileWith('late.safetensors', smallModelBytes({ formatVersion: 99 })),
      'EARSHOT_MODEL_TOO_NEW',
    ],
  ])('refuses %s', async (_what, path, code) => {
    await expect(openModel(path)).rejects.toMatchObject({ name: 'EarshotError', code });
  });
});
