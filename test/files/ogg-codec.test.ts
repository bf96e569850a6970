import { expect, it } from 'vitest';
import { identify, type OggCodec } from '../../src/files/ogg-codec.js';
import { areSame, concatBytes, concatFloats, fixture } from './helpers.js';

/** The packets of a file of which none goes on in another page. */
function packetsOf(bytes: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const table = bytes.subarray(at + 27, at + 27 + bytes[at + 26]);
    at += 27 + table.length;
    for (let length = 0, n = 0; n < table.length; n++) {
      length += table[n];
      if (table[n] === 255) continue;
      packets.push(bytes.slice(at, at + length));
      at += length;
      length = 0;
    }
  }
  return packets;
}

/** RFC 6716, 3.2.5: one frame, and padding that is no sound. */
function padded(packet: Uint8Array): Uint8Array {
  expect(packet[0] & 3).toBe(0);
  const chunks = 8;
  const head = [packet[0] | 3, 0x41, ...new Array(chunks).fill(255), 0];
  return concatBytes(head, packet.subarray(1), new Uint8Array(254 * chunks));
}

it('all audio may be in one page, and is as long as its granule says, without the pre-skip', async () => {
  const [head, tags, ...audio] = packetsOf(fixture('tones.opus'));
  const preSkip = head[10] + 256 * head[11];
  const decoder = await (identify(head) as OggCodec).open([head, tags]);
  const { blocks } = await decoder.decode(audio.slice(0, 20), { granule: BigInt(preSkip + 14_400), isLast: true });
  decoder.free();
  expect(blocks.reduce((sum, [left]) => sum + left.length, 0)).toBe(14_400);
});

it('packets that end in one page may be more than a page holds', async () => {
  const [head, tags, ...audio] = packetsOf(fixture('tones.opus'));
  const codec = identify(head) as OggCodec;
  const hear = async (packets: Uint8Array[]) => {
    const decoder = await codec.open([head, tags]);
    const { blocks, fault } = await decoder.decode(packets, { granule: BigInt(960 * packets.length), isLast: false });
    decoder.free();
    expect(fault).toBeUndefined();
    return concatFloats(...blocks.map(([left]) => left));
  };
  const long = audio.map(padded);
  expect(long.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(255 * 255);
  expect(areSame([await hear(long)], [await hear(audio)])).toBe(true);
});
