import { describe, expect, it } from 'vitest';
import { encodeS16 } from '../../src/audio/pcm.ts';
import { plainKernels } from '../../src/kernels/plain.ts';
import { PcmPacker } from '../../src/worklet/pcm-packer.ts';
import type { PackedReport, Report } from '../../src/worklet/protocol.ts';
import { noise } from '../helpers/sound.ts';

const RATE = 16000;
/** Well inside what both rates can carry. */
const TONE_HERTZ = 1000;

interface Packed {
  samples: number[];
  reports: Report[];
}

/** Plays a signal in blocks whose lengths repeat; it ends with the last of them. */
function pack(signal: Float32Array, inputRate: number, lengths = [128]): Packed {
  const reports: Report[] = [];
  const options = { sampleRate: RATE, length: signal.length };
  // A port copies what it posts.
  const packer = new PcmPacker(plainKernels(), inputRate, options, (report) => reports.push(structuredClone(report)));
  let wantsMore = true;
  for (let at = 0, n = 0; wantsMore; n++) {
    const block = signal.subarray(at, at + lengths[n % lengths.length]);
    wantsMore = packer.process([block], 128, at);
    at += block.length;
  }
  const packed = reports.filter((report): report is PackedReport => report.type === 'packed');
  return { samples: packed.flatMap(({ samples }) => [...samples]), reports };
}

const tone = (rate: number) =>
  Float32Array.from({ length: rate / 2 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * TONE_HERTZ * i) / rate));

describe('PcmPacker', () => {
  it.each([8000, 22050, 44100, 48000, 96000])('makes of %d Hz what would have been heard at its own rate', (rate) => {
    const { samples } = pack(tone(rate), rate);
    const wanted = tone(RATE);
    expect(samples.length).toBe(RATE / 2);
    // The filter rings where the tone begins and ends out of nothing.
    const errors = samples.map((sample, i) => Math.abs(sample / 32768 - wanted[i])).slice(200, -200);
    expect(Math.max(...errors)).toBeLessThan(0.005);
  });

  it('leaves samples of its own rate as they are', () => {
    const signal = noise(3000, 5, 1.5);
    const { samples } = pack(signal, RATE);
    expect(samples).toEqual([...new Int16Array(encodeS16(signal).buffer)]);
  });

  it('packs the same in blocks of any length', () => {
    const signal = noise(20000, 7, 1);
    const { samples } = pack(signal, 48000);
    expect(pack(signal, 48000, [1, 128, 700, 3]).samples).toEqual(samples);
  });

  it('reports 50 ms at a time, then the rest, then the end', () => {
    const { reports } = pack(tone(48000).subarray(0, 6000), 48000);
    const lengths = reports.map((report) => (report.type === 'packed' ? report.samples.length : report.type));
    expect(lengths).toEqual([800, 800, 400, 'finished']);
  });

  it('counts silence where nothing comes in, once it has begun', () => {
    const reports: Report[] = [];
    const packer = new PcmPacker(plainKernels(), RATE, { sampleRate: RATE, length: 256 }, (r) => reports.push(r));
    expect(packer.process(undefined, 128, 0)).toBe(true);
    expect(packer.process([new Float32Array(128).fill(0.5)], 128, 128)).toBe(true);
    expect(packer.process([], 128, 256)).toBe(false);
    const [packed] = reports;
    expect(packed).toMatchObject({ type: 'packed', lostBlocks: 0 });
    const { samples } = packed as PackedReport;
    expect([samples.length, samples[127], samples[128]]).toEqual([256, 16384, 0]);
  });

  it('refuses a rate that it cannot hear', () => {
    const make = () => new PcmPacker(plainKernels(), 4000, { sampleRate: RATE }, () => {});
    expect(make).toThrow(expect.objectContaining({ code: 'EARSHOT_AUDIO_RATE' }));
  });
});
