import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { areSame, ascii, concatBytes, failureOf, fixture, loudestHz, read, splits, start } from './helpers.js';

const size = (value: number) => [0x10 | (value >> 24), (value >> 16) & 255, (value >> 8) & 255, value & 255];
const element = (id: number[], ...body: ArrayLike<number>[]) => {
  const bytes = concatBytes(...body);
  return concatBytes(id, size(bytes.length), bytes);
};
const UNKNOWN_SIZE = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const OPUS_HEAD = concatBytes(ascii('OpusHead'), [1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]);
/** A second of nothing in Opus: packets of one byte, 20 ms of hybrid full band. */
const SILENT_PACKET = [0x78];

/** A recording as `MediaRecorder` writes it: no sizes, a cluster for each packet, and `between` tracks and clusters. */
function recording(packets: number, flags = 0x80, between = new Uint8Array(0)): Uint8Array {
  const track = element(
    [0xae],
    element([0xd7], [3]),
    element([0x86], ascii('A_OPUS')),
    element([0xe1], element([0xb5], [0x47, 0x3b, 0x80, 0])),
    element([0x63, 0xa2], OPUS_HEAD),
  );
  const block = (number: number) => element([0xa3], [0x80 | number, 0, 0, flags], SILENT_PACKET);
  const cluster = concatBytes([0x1f, 0x43, 0xb6, 0x75], UNKNOWN_SIZE, element([0xe7], [0]), block(3), block(4));
  return concatBytes(
    element([0x1a, 0x45, 0xdf, 0xa3], [0x42, 0x82, 0x84], ascii('webm')),
    [0x18, 0x53, 0x80, 0x67],
    UNKNOWN_SIZE,
    element([0xec], new Uint8Array(3000)),
    element([0x16, 0x54, 0xae, 0x6b], element([0xae], element([0x86], ascii('V_VP8'))), track),
    between,
    ...Array.from({ length: packets }, () => cluster),
  );
}

describe('WebM with Opus', () => {
  it('by ffmpeg is a second of its two tones', async () => {
    const audio = await read(fixture('tones-opus.webm'));
    expect(audio).toMatchObject({ format: 'webm', sampleRate: 48000, channels: 2, warnings: [] });
    expect(audio.error).toBeUndefined();
    expect(Math.abs(audio.samples[0].length - 48000)).toBeLessThan(960);
    expect(loudestHz(audio.samples[0], 48000)).toBe(440);
    expect(loudestHz(audio.samples[1], 48000)).toBe(1250);
  });

  it('without sizes gives the packets of its own track', async () => {
    const audio = await read(recording(50));
    expect(audio).toMatchObject({ sampleRate: 48000, channels: 1, warnings: [] });
    expect(audio.samples[0]).toHaveLength(48000);
  });

  it('may have a large cover between its tracks and its sound', async () => {
    const cover = element([0x61, 0xa7], element([0x46, 0x5c], new Uint8Array(3 << 20)));
    const audio = await read(recording(50, 0x80, element([0x19, 0x41, 0xa4, 0x69], cover)));
    expect(audio).toMatchObject({ sampleRate: 48000, channels: 1, warnings: [] });
    expect(audio.samples[0]).toHaveLength(48000);
  });

  it('may be cut anywhere: what came before is kept, with a warning', async () => {
    const bytes = fixture('tones-opus.webm');
    const { samples } = await read(bytes);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2000, max: bytes.length - 1 }), splits, async (length, sizes) => {
        const cut = await read(bytes.subarray(0, length), sizes);
        expect(cut.samples[0].length).toBeGreaterThan(0);
        expect(areSame(cut.samples, start(samples, cut.samples[0].length))).toBe(true);
        expect(cut.warnings.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20 },
    );
  });

  it('does not stumble over a codec whose name is as long as a file', async () => {
    const name = element([0x86], new Uint8Array(600_000).fill(65));
    const tracks = element([0x16, 0x54, 0xae, 0x6b], element([0xae], name));
    const head = element([0x1a, 0x45, 0xdf, 0xa3], [0x42, 0x82, 0x84], ascii('webm'));
    const recording = read(concatBytes(head, [0x18, 0x53, 0x80, 0x67], UNKNOWN_SIZE, tracks));
    await expect(recording).rejects.toMatchObject({ code: 'EARSHOT_AUDIO_UNSUPPORTED' });
  });

  it('refuses laced packets, and a track that is not described', async () => {
    expect(await failureOf(read(recording(1, 0x82)))).toBe('EARSHOT_AUDIO_UNSUPPORTED');
    const undescribed = recording(1);
    undescribed[Buffer.from(undescribed).indexOf('OpusHead')] = 0;
    expect(await failureOf(read(undescribed))).toBe('EARSHOT_AUDIO_DAMAGED');
  });

  it('becomes samples or a coded error, whatever happens to its bytes', async () => {
    vi.spyOn(console, 'error').mockReturnValue(); // libopus complains there of bad packets.
    const bytes = recording(5);
    const mutation = fc.record({ at: fc.nat({ max: bytes.length - 1 }), to: fc.nat({ max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 10 }), async (mutations) => {
        const mutated = bytes.slice();
        for (const { at, to } of mutations) mutated[at] = to;
        await failureOf(read(mutated));
      }),
      { numRuns: 100 },
    );
  });
});
