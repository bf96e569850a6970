import { describe, expect, it } from 'vitest';
import { readModelFile } from '../src/model-file.ts';
import { readSafetensors, writeSafetensors } from '../src/rnn/safetensors.ts';
import { smallModelBytes } from './helpers/models.ts';

describe('readModelFile', () => {
  it('needs bytes', () => {
    const { buffer } = Uint8Array.from(smallModelBytes());
    expect(() => readModelFile(buffer as never)).toThrow(expect.objectContaining({ code: 'EARSHOT_BAD_ARGUMENT' }));
  });

  it.each([
    ['no parameters', {}],
    ['parameters that are not JSON', { earshot: '{' }],
    ['parameters of no model', { earshot: '{}' }],
  ])('refuses tensors with %s', (_, metadata) => {
    const bytes = writeSafetensors({ ...readSafetensors(smallModelBytes()), metadata });
    expect(() => readModelFile(bytes)).toThrow(expect.objectContaining({ code: 'EARSHOT_MODEL_DAMAGED' }));
  });
});
