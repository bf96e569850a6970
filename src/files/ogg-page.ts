import { EarshotError } from '../errors.js';
import type { ByteReader } from './byte-reader.js';
import { concat } from './bytes.js';
import { crc } from './crc.js';

/** A page of an Ogg file (RFC 3533, 6) with a true checksum. */
export interface OggPage {
  /** Which of the streams in the file it belongs to. */
  readonly serial: number;
  readonly sequence: number;
  /** The codec's clock at the end of the last packet that ends here. */
  readonly granule: bigint;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isContinued: boolean;
  /** Lengths of the pieces of packets in `body`; a piece of 255 bytes goes on in the next. */
  readonly segments: Uint8Array;
  readonly body: Uint8Array;
}

const CAPTURE = [0x4f, 0x67, 0x67, 0x53];
const HEADER_BYTES = 27;
const CHECKSUM_AT = 22;
const MOST_SEGMENTS = 255;

const oggCrc = crc(32, 0x04c11db7);

/** Finds one page after the other, passing over what is none. */
export class OggPageReader {
  readonly #reader: ByteReader;
  readonly #damage: (what: string) => void;

  constructor(reader: ByteReader, damage: (what: string) => void) {
    this.#reader = reader;
    this.#damage = damage;
  }

  /** The next whole page; undefined if none comes. */
  async next(): Promise<OggPage | undefined> {
    for (;;) {
      const page = await this.#read();
      if (typeof page === 'object') return page;
      const goesOn = await this.#skipToCapture();
      if (page === 'damaged' || goesOn) this.#damage('A page of the Ogg file is damaged');
      if (!goesOn) return undefined;
    }
  }

  async #read(): Promise<OggPage | 'damaged' | 'cut' | 'end'> {
    const start = await this.#reader.peek(HEADER_BYTES);
    if (start.length === 0) return 'end';
    if (start.length < HEADER_BYTES) return 'cut';
    if (!CAPTURE.every((byte, i) => start[i] === byte) || start[4] !== 0) return 'damaged';
    const bodyAt = HEADER_BYTES + start[HEADER_BYTES - 1];
    const table = (await this.#reader.peek(bodyAt)).subarray(HEADER_BYTES, bodyAt);
    const length = table.reduce((sum, size) => sum + size, bodyAt);
    const bytes = (await this.#reader.peek(length)).slice(0, length);
    if (bytes.length < length) return 'cut';
    const view = new DataView(bytes.buffer);
    const checksum = view.getUint32(CHECKSUM_AT, true);
    view.setUint32(CHECKSUM_AT, 0);
    if (oggCrc(bytes) !== checksum) return 'damaged';
    this.#reader.advance(length);
    return {
      serial: view.getUint32(14, true),
      sequence: view.getUint32(18, true),
      granule: view.getBigInt64(6, true),
      isContinued: (bytes[5] & 1) !== 0,
      isFirst: (bytes[5] & 2) !== 0,
      isLast: (bytes[5] & 4) !== 0,
      segments: bytes.subarray(HEADER_BYTES, bodyAt),
      body: bytes.subarray(bodyAt),
    };
  }

  /** Goes on to the next place that begins like a page; false if there is none. */
  async #skipToCapture(): Promise<boolean> {
    for (let from = 1; ; from = 0) {
      const bytes = await this.#reader.peek(from + CAPTURE.length);
      const last = bytes.length - CAPTURE.length;
      for (let at = from; at <= last; at++) {
        if (CAPTURE.every((byte, i) => bytes[at + i] === byte)) {
          this.#reader.advance(at);
          return true;
        }
      }
      if (last < from) {
        this.#reader.advance(bytes.length);
        return false;
      }
      this.#reader.advance(last + 1);
    }
  }
}

/** Only comments (with pictures in them) are longer, and nobody needs these. */
const MOST_PACKET_BYTES = 1 << 20;

/** Puts the packets of one stream together; those of which a piece is lost are left out. */
export class PacketAssembler {
  /** The start of the packet that goes on in the next page; undefined if that start is lost. */
  #begun: Uint8Array | undefined;
  #sequence = -1;

  /** The packets that end in this page. */
  write(page: OggPage): Uint8Array[] {
    const packets: Uint8Array[] = [];
    let begun = page.isContinued ? this.#continued(page) : new Uint8Array(0);
    let from = 0;
    let to = 0;
    for (const size of page.segments) {
      to += size;
      if (size === 255) continue;
      if (begun !== undefined) packets.push(concat([begun, page.body.subarray(from, to)]));
      begun = new Uint8Array(0);
      from = to;
    }
    const isTooLong = (begun?.length ?? 0) > MOST_PACKET_BYTES;
    this.#begun = begun === undefined || isTooLong ? undefined : concat([begun, page.body.subarray(from)]);
    this.#sequence = page.sequence;
    return packets;
  }

  #continued(page: OggPage): Uint8Array | undefined {
    return page.sequence === this.#sequence + 1 ? this.#begun : undefined;
  }
}

const segmentsOf = ({ length }: Uint8Array): number => Math.floor(length / 255) + 1;

/** Packets in groups of which a page can hold each, unless one packet alone is too long for that. */
export function pagefuls(packets: readonly Uint8Array[]): Uint8Array[][] {
  const groups: Uint8Array[][] = [];
  let room = 0;
  for (const packet of packets) {
    const segments = segmentsOf(packet);
    if (groups.length === 0 || segments > room) {
      groups.push([]);
      room = MOST_SEGMENTS;
    }
    groups[groups.length - 1].push(packet);
    room -= segments;
  }
  return groups;
}

/**
 * A page of whole packets, for decoders that read nothing else. The checksum stays 0, which they do not look at.
 * @throws EarshotError EARSHOT_AUDIO_DAMAGED if the packets need more than 255 segments
 */
export function writeOggPage(
  packets: readonly Uint8Array[],
  page: Pick<OggPage, 'sequence' | 'granule' | 'isFirst' | 'isLast'>,
): Uint8Array {
  const segments = packets.flatMap(({ length }) => [...new Array(Math.floor(length / 255)).fill(255), length % 255]);
  if (segments.length > MOST_SEGMENTS) {
    throw new EarshotError('EARSHOT_AUDIO_DAMAGED', 'A page of the Ogg file has more packets than a page holds');
  }
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  header.set(CAPTURE);
  header[5] = (page.isFirst ? 2 : 0) | (page.isLast ? 4 : 0);
  view.setBigInt64(6, page.granule, true);
  view.setUint32(18, page.sequence, true);
  header[HEADER_BYTES - 1] = segments.length;
  return concat([header, Uint8Array.from(segments), ...packets]);
}
