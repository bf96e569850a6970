import { expect, it } from 'vitest';
import { openAudioStream } from '../../src/files/open-stream.ts';
import { wavFile } from '../../web/wav.ts';
import { noise } from '../helpers/sound.ts';

async function read(bytes: Uint8Array) {
  const source = async function* () {
    yield bytes;
  };
  const audio = await openAudioStream(source());
  const samples: number[] = [];
  for await (const [channel] of audio) samples.push(...channel);
  return { format: audio.format, sampleRate: audio.sampleRate, channels: audio.channels, samples };
}

it('is read back by our own reader, to within a step of 16 bits', async () => {
  const samples = noise(4410, 3, 1);
  const { samples: back, ...about } = await read(wavFile(samples, 44100));
  expect(about).toEqual({ format: 'wav', sampleRate: 44100, channels: 1 });
  expect(back.length).toBe(samples.length);
  for (let i = 0; i < back.length; i++) expect(Math.abs(back[i] - samples[i])).toBeLessThanOrEqual(1 / 32768);
});

it('holds what is too loud at full scale', async () => {
  const { samples } = await read(wavFile(Float32Array.of(2, -2, 0), 8000));
  expect(samples).toEqual([32767 / 32768, -1, 0]);
});
