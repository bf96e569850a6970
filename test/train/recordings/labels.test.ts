import { describe, expect, it } from 'vitest';
import { labelOf } from '../../../src/train/recordings/labels.ts';

describe('labelOf', () => {
  it('knows a word by its letters, composed or not', () => {
    const label = 'über'.normalize('NFC');
    expect(labelOf('über'.normalize('NFD'), ['ja', label])).toBe(label);
    expect(labelOf('uber', ['ja', label])).toBe('_unknown_');
  });
});
