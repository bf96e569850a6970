import { EarshotError } from '../errors.js';
import type { AudioFormat } from './audio-stream.js';
import { concat, latin1 } from './bytes.js';
import { decodeFlacFrame, type FlacInfo, FlacRoom, parseFlacHeader, parseStreamInfo } from './flac-frame.js';
import { type OggPage, pagefuls, writeOggPage } from './ogg-page.js';

/** What the first packet of an Ogg stream says. */
export interface OggCodec {
  readonly format: AudioFormat;
  readonly sampleRate: number;
  readonly channels: number;
  isHeader(packet: Uint8Array): boolean;
  /** A decoder for what follows these packets. */
  open(headers: readonly Uint8Array[]): Promise<PacketDecoder>;
}

export interface PacketDecoder {
  /**
   * Decodes the packets that end in one page; says in `fault` which one could not be.
   * @throws EarshotError EARSHOT_AUDIO_DAMAGED where nothing after it can be decoded either
   */
  decode(packets: readonly Uint8Array[], page: PageEnd): Promise<DecodedPackets>;
  free(): void;
}

export interface DecodedPackets {
  /** One after the other, each planar. */
  readonly blocks: Float32Array[][];
  readonly fault?: string;
}

type PageEnd = Pick<OggPage, 'granule' | 'isLast'>;

/** The codec that the first packet of a stream announces; undefined if it is none of ours. */
export function identify(packet: Uint8Array): OggCodec | undefined {
  if (latin1(packet, 0, 7) === '\x01vorbis' && packet.length >= 30) return vorbis(packet);
  if (latin1(packet, 0, 8) === 'OpusHead' && packet.length >= 19) return opus(packet);
  if (latin1(packet, 0, 5) === '\x7fFLAC' && packet.length >= 51) return flac(packet);
  return undefined;
}

/** Vorbis I, 4.2.2. */
function vorbis(identification: Uint8Array): OggCodec {
  const view = new DataView(identification.buffer, identification.byteOffset);
  return {
    format: 'ogg-vorbis',
    sampleRate: view.getUint32(12, true),
    channels: view.getUint8(11),
    isHeader: (packet) => (packet[0] & 1) === 1,
    async open(headers) {
      const setup = headers.find((packet) => latin1(packet, 0, 7) === '\x05vorbis');
      // The last byte holds the framing bit; codec-parser, inside the decoder, would look for it forever.
      if (setup === undefined || setup[setup.length - 1] === 0) throw damaged('its Vorbis setup header is missing');
      const pages = headerPages([[identification], [EMPTY_VORBIS_COMMENT, setup]]);
      const { OggVorbisDecoder } = await import('@wasm-audio-decoders/ogg-vorbis');
      const decoder = new OggVorbisDecoder();
      await decoder.ready;
      return new PageFedDecoder(decoder, pages);
    },
  };
}

/** A vendor string of length 0, 0 comments, the framing bit. */
const EMPTY_VORBIS_COMMENT = concat([
  Uint8Array.of(3, ...Array.from('vorbis', (c) => c.charCodeAt(0))),
  Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1),
]);

/** RFC 7845, 5.1. It decodes at 48 kHz, whatever rate went in. */
function opus(head: Uint8Array): OggCodec {
  const view = new DataView(head.buffer, head.byteOffset);
  const gain = 10 ** (view.getInt16(16, true) / 256 / 20);
  const preSkip = view.getUint16(10, true);
  return {
    format: 'ogg-opus',
    sampleRate: 48000,
    channels: view.getUint8(9),
    isHeader: (packet) => latin1(packet, 0, 8) === 'OpusTags',
    async open() {
      const { OggOpusDecoder } = await import('ogg-opus-decoder');
      const decoder = new OggOpusDecoder();
      await decoder.ready;
      return new PageFedDecoder(decoder, headerPages([[head], [EMPTY_OPUS_TAGS]]), { gain, preSkip });
    },
  };
}

const EMPTY_OPUS_TAGS = concat([
  Uint8Array.from('OpusTags', (c) => c.charCodeAt(0)),
  Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0),
]);

/** The two pages of headers that audio comes after. */
function headerPages(headers: readonly [Uint8Array[], Uint8Array[]]): Uint8Array {
  const pages = headers.map((packets, sequence) =>
    writeOggPage(packets, { sequence, granule: 0n, isFirst: sequence === 0, isLast: false }),
  );
  return concat(pages);
}

/** What the two WebAssembly decoders have in common. */
interface PageDecoder {
  decode(bytes: Uint8Array): DecodedPage | Promise<DecodedPage>;
  free(): void;
}

interface DecodedPage {
  readonly channelData: Float32Array[];
  readonly errors: readonly { readonly message: string }[];
}

/**
 * Feeds packets to a decoder as pages of our own making: it then meets no damaged page and no half packet, both of which
 * it would decode as noise.
 */
class PageFedDecoder implements PacketDecoder {
  readonly #decoder: PageDecoder;
  readonly #gain: number;
  readonly #preSkip: bigint;
  #headers: Uint8Array | undefined;
  #sequence = 2;
  /** Of the page before. */
  #granule = 0n;

  constructor(decoder: PageDecoder, headers: Uint8Array, { gain = 1, preSkip = 0 } = {}) {
    this.#decoder = decoder;
    this.#headers = headers;
    this.#gain = gain;
    this.#preSkip = BigInt(preSkip);
  }

  async decode(packets: readonly Uint8Array[], page: PageEnd): Promise<DecodedPackets> {
    const blocks: Float32Array[][] = [];
    let fault: string | undefined;
    // With what a page has brought to an end, whole packets may be more than a page holds.
    const groups = pagefuls(packets);
    // Of the only page of audio, the decoder takes what the pre-skip leaves out for audio.
    const isOnly = this.#headers !== undefined && groups.length === 1 && page.isLast && page.granule > this.#preSkip;
    const whole = isOnly ? { ...page, granule: page.granule - this.#preSkip } : page;
    for (const [n, group] of groups.entries()) {
      const end = n === groups.length - 1 ? whole : { granule: this.#granule, isLast: false };
      const { channelData, errors } = await this.#decode(group, end);
      if (this.#gain !== 1) for (const channel of channelData) scale(channel, this.#gain);
      if (channelData.length > 0) blocks.push(channelData);
      fault ??= errors[0]?.message;
    }
    this.#granule = page.granule;
    return { blocks, ...(fault !== undefined && { fault }) };
  }

  async #decode(packets: readonly Uint8Array[], { granule, isLast }: PageEnd): Promise<DecodedPage> {
    try {
      const page = writeOggPage(packets, { sequence: this.#sequence++, granule, isFirst: false, isLast });
      return await this.#decoder.decode(this.#ahead(page));
    } catch (cause) {
      throw new EarshotError('EARSHOT_AUDIO_DAMAGED', 'A packet of audio cannot be decoded', { cause });
    }
  }

  free(): void {
    this.#decoder.free();
  }

  /**
   * The decoder lets a page go only when it has seen a byte of the next: so that byte, which is always the same, goes
   * with the page before it. The headers go with the first page, because without any audio the decoder would answer with
   * as many channels as happen to stand in its memory.
   */
  #ahead(page: Uint8Array): Uint8Array {
    const headers = this.#headers;
    this.#headers = undefined;
    return headers === undefined
      ? concat([page.subarray(1), page.subarray(0, 1)])
      : concat([headers, page, page.subarray(0, 1)]);
  }
}

function scale(samples: Float32Array, gain: number): void {
  for (let i = 0; i < samples.length; i++) samples[i] *= gain;
}

/** RFC 9639, 10.1: a packet is a frame. */
function flac(identification: Uint8Array): OggCodec {
  const info = parseStreamInfo(identification.subarray(17));
  return {
    format: 'ogg-flac',
    sampleRate: info.sampleRate,
    channels: info.channels,
    isHeader: (packet) => packet[0] !== 0xff,
    open: async () => ({ decode: async (packets) => decodeFlacPackets(packets, info), free() {} }),
  };
}

function decodeFlacPackets(packets: readonly Uint8Array[], info: FlacInfo): DecodedPackets {
  const frames = packets.map((packet) => {
    const header = parseFlacHeader(packet, info);
    return header === undefined ? 'damaged' : decodeFlacFrame(packet, header, info, new FlacRoom());
  });
  const blocks = frames.filter((frame) => typeof frame === 'object').map(({ planar }) => planar);
  return { blocks, ...(blocks.length < frames.length && { fault: 'a FLAC frame is damaged' }) };
}

function damaged(what: string): EarshotError {
  return new EarshotError('EARSHOT_AUDIO_DAMAGED', `Not a whole Ogg file: ${what}`);
}
