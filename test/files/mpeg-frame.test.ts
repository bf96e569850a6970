import { describe, expect, it } from 'vitest';
import { findMpegFrame, parseMpegHeader } from '../../src/files/mpeg-frame.js';

const header = (...bytes: number[]) => parseMpegHeader(Uint8Array.from(bytes), 0);

/** 8 kbit/s at 24 kHz, layer III: 24 bytes. */
const SHORT = [0xff, 0xf3, 0x14, 0xc0];
/** 320 kbit/s at 44.1 kHz, layer III: 1,044 bytes. */
const LONG = [0xff, 0xfb, 0xe0, 0x00];

describe('parseMpegHeader', () => {
  it.each([
    ['MPEG-1 layer III, 128 kbit/s, 44.1 kHz', [0xff, 0xfb, 0x90, 0x00], 417, 44100, 2],
    ['the same, padded', [0xff, 0xfb, 0x92, 0x00], 418, 44100, 2],
    ['MPEG-1 layer III, 320 kbit/s, 48 kHz, mono', [0xff, 0xfb, 0xe4, 0xc0], 960, 48000, 1],
    ['MPEG-2 layer III, 64 kbit/s, 22.05 kHz', [0xff, 0xf3, 0x80, 0x00], 208, 22050, 2],
    ['MPEG-2.5 layer III, 8 kbit/s, 8 kHz', [0xff, 0xe3, 0x18, 0xc0], 72, 8000, 1],
    ['MPEG-1 layer II, 192 kbit/s, 48 kHz', [0xff, 0xfd, 0xa4, 0x00], 576, 48000, 2],
    ['MPEG-1 layer I, 384 kbit/s, 32 kHz', [0xff, 0xff, 0xc8, 0x00], 576, 32000, 2],
  ])('reads %s', (_name, bytes, frameBytes, sampleRate, channels) => {
    expect(header(...bytes)).toMatchObject({ frameBytes, sampleRate, channels });
  });

  it.each([
    ['no sync', [0xff, 0xdb, 0x90, 0x00]],
    ['the reserved version', [0xff, 0xeb, 0x90, 0x00]],
    ['the reserved layer, which AAC has', [0xff, 0xf9, 0x90, 0x00]],
    ['the free bit rate', [0xff, 0xfb, 0x00, 0x00]],
    ['the forbidden bit rate', [0xff, 0xfb, 0xf0, 0x00]],
    ['the reserved sample rate', [0xff, 0xfb, 0x9c, 0x00]],
    ['the reserved emphasis', [0xff, 0xfb, 0x90, 0x02]],
    ['too few bytes', [0xff, 0xfb, 0x90]],
  ])('sees no header in %s', (_name, bytes) => {
    expect(header(...bytes)).toBeUndefined();
  });
});

describe('findMpegFrame', () => {
  const put = (length: number, ...headers: [number, number[]][]) => {
    const bytes = new Uint8Array(length);
    for (const [at, header] of headers) bytes.set(header, at);
    return bytes;
  };

  it('wants three frames of one kind, or fewer up to the very end', () => {
    const three = put(100, [5, SHORT], [29, SHORT], [53, SHORT]);
    expect(findMpegFrame(three, true)).toBe(5);
    expect(findMpegFrame(put(100, [5, SHORT], [29, SHORT]), true)).toBe(-1);
    expect(findMpegFrame(put(53, [5, SHORT], [29, SHORT]), true)).toBe(5);
    expect(findMpegFrame(put(100, [5, SHORT], [29, LONG], [53, SHORT]), true)).toBe(-1);
  });

  it('does not prefer a later frame because an earlier one is not confirmed yet', () => {
    const inBody: [number, number[]][] = [500, 524, 548].map((at) => [at, SHORT]);
    const frames: [number, number[]][] = [0, 1044, 2088].map((at) => [at, LONG]);
    const all = put(8000, ...frames, ...inBody);
    expect(findMpegFrame(all, false)).toBe(0);
    expect(findMpegFrame(all.subarray(0, 2000), false)).toBe(-1);
  });
});
