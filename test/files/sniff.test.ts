import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../src/files/byte-reader.js';
import { sniff } from '../../src/files/sniff.js';
import { ascii, chunksOf, concatBytes, failureOf, fixture, little, read, wav } from './helpers.js';

const sniffed = (bytes: Uint8Array, sizes?: number[]) => sniff(new ByteReader(chunksOf(bytes, sizes)));
const id3 = concatBytes(ascii('ID3'), [4, 0, 0, 0, 1, 0x16, 0x20], new Uint8Array(19232));

describe('sniff', () => {
  it.each([
    ['forms-s16.wav', 'wav'],
    ['forms-rf64.wav', 'wav'],
    ['chirp-16.flac', 'flac'],
    ['tones.ogg', 'ogg'],
    ['tones.opus', 'ogg'],
    ['tones.mp3', 'mp3'],
    ['tones-mono.mp3', 'mp3'],
    ['tones.mp2', 'mp3'],
    ['tones.aac', 'aac'],
    ['tones.m4a', 'm4a'],
    ['tones-opus.webm', 'webm'],
    ['tones-aac.mkv', 'webm'],
  ])('tells %s by its bytes, behind an ID3 tag too', async (name, container) => {
    expect(await sniffed(fixture(name))).toBe(container);
    expect(await sniffed(concatBytes(id3, fixture(name)), [999])).toBe(container);
  });

  it('tells MP3 from a single frame, and from a cut in the middle of one', async () => {
    const bytes = fixture('tones-mono.mp3');
    expect(await sniffed(bytes.subarray(0, 108))).toBe('mp3');
    expect(await sniffed(bytes.subarray(50))).toBe('mp3');
    expect(await failureOf(read(bytes.subarray(0, 107)))).toBe('EARSHOT_AUDIO_UNKNOWN');
  });

  it.each([
    ['nothing', new Uint8Array(0), 'EARSHOT_AUDIO_EMPTY'],
    ['an ID3 tag and nothing else', id3, 'EARSHOT_AUDIO_EMPTY'],
    ['text', ascii('# Not a sound\n'), 'EARSHOT_AUDIO_UNKNOWN'],
    [
      'UTF-16 text, which begins like a frame of MPEG',
      concatBytes([0xff, 0xfe], Buffer.from('Hello there', 'utf16le')),
      'EARSHOT_AUDIO_UNKNOWN',
    ],
    ['zeros', new Uint8Array(20000), 'EARSHOT_AUDIO_UNKNOWN'],
    ['ones', new Uint8Array(20000).fill(0xff), 'EARSHOT_AUDIO_UNKNOWN'],
    ['a PNG', concatBytes([0x89], ascii('PNG\r\n\x1a\n'), new Uint8Array(50)), 'EARSHOT_AUDIO_UNKNOWN'],
    ['RIFF with something else', concatBytes(ascii('RIFF'), little(4, 4), ascii('WEBP')), 'EARSHOT_AUDIO_UNKNOWN'],
    ['AIFF', fixture('forms.aiff'), 'EARSHOT_AUDIO_UNSUPPORTED'],
    ['big-endian WAV', concatBytes(ascii('RIFX'), wav().subarray(4)), 'EARSHOT_AUDIO_UNSUPPORTED'],
  ])('refuses %s', async (_name, bytes, code) => {
    expect(await failureOf(read(bytes))).toBe(code);
  });

  it('shows how unknown bytes begin', async () => {
    await expect(sniffed(ascii('Dear diary, today'))).rejects.toThrow('it begins with "Dear diary, "');
    await expect(sniffed(Uint8Array.of(0, 255, 16))).rejects.toThrow('it begins with 00 ff 10');
  });

  it('finds no audio in noise', async () => {
    let seed = 1;
    const random = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed >>> 24;
    };
    for (let i = 0; i < 300; i++) {
      const noise = Uint8Array.from({ length: 20000 }, random);
      expect(await failureOf(read(noise))).toBe('EARSHOT_AUDIO_UNKNOWN');
    }
  });
});
