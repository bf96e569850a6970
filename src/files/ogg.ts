import { EarshotError } from '../errors.js';
import { type AudioStream, audioStream, changedAudio, damageReport, type Warn } from './audio-stream.js';
import type { ByteReader } from './byte-reader.js';
import { identify, type OggCodec, type PacketDecoder } from './ogg-codec.js';
import { type OggPage, OggPageReader, PacketAssembler } from './ogg-page.js';

/** A stream of a codec of ours that begins with `page`, its first. */
interface Link {
  readonly page: OggPage;
  readonly codec: OggCodec;
}

/**
 * The first Vorbis, Opus or FLAC stream of an Ogg file (RFC 3533), through libvorbis, libopus and our own FLAC. Other
 * streams beside it are passed over; what is chained after it goes on in the same stream if rate and channels are the
 * same. Damaged pages are left out with a warning.
 * @throws EarshotError EARSHOT_AUDIO_UNSUPPORTED, EARSHOT_AUDIO_DAMAGED, EARSHOT_AUDIO_RATE; while reading also where
 *   sample rate or channels change (EARSHOT_AUDIO_UNSUPPORTED)
 */
export async function openOgg(reader: ByteReader, warn: Warn): Promise<AudioStream> {
  const damage = damageReport(warn);
  const pages = new OggPageReader(reader, damage);
  const link = await firstLink(pages);
  const { format, sampleRate, channels } = link.codec;
  return audioStream({ format, sampleRate, channels }, decode(pages, link, warn, damage), reader);
}

async function firstLink(pages: OggPageReader): Promise<Link> {
  let page = await pages.next();
  if (!page?.isFirst) throw new EarshotError('EARSHOT_AUDIO_DAMAGED', "The Ogg file's first page is missing");
  for (; page?.isFirst; page = await pages.next()) {
    const codec = identify(page.body);
    if (codec !== undefined) return { page, codec };
  }
  throw new EarshotError('EARSHOT_AUDIO_UNSUPPORTED', 'The Ogg file has neither Vorbis nor Opus nor FLAC');
}

async function* decode(
  pages: OggPageReader,
  first: Link,
  warn: Warn,
  damage: (what: string) => void,
): AsyncGenerator<Float32Array[]> {
  let link: Link | undefined = first;
  while (link !== undefined) {
    checkSame(first.codec, link.codec);
    link = yield* decodeLink(pages, link, warn, damage);
  }
}

/** Decodes one stream to its end; returns the one that is chained to it, if any. */
async function* decodeLink(
  pages: OggPageReader,
  { page: first, codec }: Link,
  warn: Warn,
  damage: (what: string) => void,
): AsyncGenerator<Float32Array[], Link | undefined> {
  const assembler = new PacketAssembler();
  const headers = assembler.write(first);
  let decoder: PacketDecoder | undefined;
  let hasBegun = false;
  let hasEnded = false;
  try {
    for (let page = await pages.next(); page !== undefined; page = await pages.next()) {
      if (page.isFirst) {
        const next = identify(page.body);
        if (hasBegun && next !== undefined) return { page, codec: next };
      } else {
        hasBegun = true;
        if (page.serial !== first.serial || hasEnded) continue;
        const packets = assembler.write(page);
        headers.push(...packets.filter(codec.isHeader));
        const audio = packets.filter((packet) => !codec.isHeader(packet));
        hasEnded = page.isLast;
        if (audio.length === 0) continue;
        decoder ??= await codec.open(headers);
        yield* decodePage(decoder, audio, page, damage);
      }
    }
  } finally {
    decoder?.free();
  }
  if (!hasEnded) warn({ code: 'EARSHOT_AUDIO_TRUNCATED', message: 'The audio ends before its last page' });
  return undefined;
}

async function* decodePage(
  decoder: PacketDecoder,
  packets: readonly Uint8Array[],
  page: OggPage,
  damage: (what: string) => void,
): AsyncGenerator<Float32Array[]> {
  const { blocks, fault } = await decoder.decode(packets, page);
  if (fault !== undefined) damage(`A packet of the Ogg file cannot be decoded (${fault})`);
  yield* blocks;
}

function checkSame(first: OggCodec, next: OggCodec): void {
  if (next.sampleRate !== first.sampleRate || next.channels !== first.channels) throw changedAudio(first, next);
}
