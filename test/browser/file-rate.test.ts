import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sampleRateOf } from '../../src/browser/file-rate.ts';
import { openAudio } from '../../src/node/open-audio.ts';

const FIXTURES = new URL('../fixtures/audio/', import.meta.url);
const read = (name: string) => new Uint8Array(readFileSync(new URL(name, FIXTURES)));

describe('sampleRateOf', () => {
  it.each([
    'chirp-16.flac',
    'chirp-16.wav',
    'forms-mulaw.wav',
    'forms-rf64.wav',
    'tones-44100.mp3',
    'tones-mono.mp3',
    'tones-faststart.m4a',
    'tones.aac',
    'tones.m4a',
    'tones.mp2',
    'tones.ogg',
    'tones.opus',
  ])('tells what Node decodes %s at', async (name) => {
    const bytes = read(name);
    const { sampleRate, close } = await openAudio(
      (async function* () {
        yield bytes;
      })(),
    );
    expect(sampleRateOf(bytes)).toBe(sampleRate);
    await close();
  });

  it('does not guess', () => {
    expect(sampleRateOf(read('forms.aiff'))).toBeUndefined();
    expect(sampleRateOf(new Uint8Array())).toBeUndefined();
    expect(sampleRateOf(new Uint8Array(1000))).toBeUndefined();
    for (const name of ['chirp-16.wav', 'tones.m4a', 'tones.ogg', 'chirp-16.flac', 'tones.aac']) {
      for (let length = 0; length < 100; length++) sampleRateOf(read(name).subarray(0, length));
    }
  });
});
