import { PcmDecoder, type PcmEncoding } from '../audio/pcm.js';
import { EarshotError } from '../errors.js';
import { type AudioStream, audioStream, type Warn } from './audio-stream.js';
import type { ByteReader } from './byte-reader.js';
import { pcmChunks } from './raw.js';

const TAGS = { pcm: 1, float: 3, aLaw: 6, muLaw: 7, extensible: 0xfffe } as const;

/** What a tag in the registry of RFC 2361 stands for, where the audio is not PCM. */
const OTHER_TAGS: Record<number, string> = {
  2: 'Microsoft ADPCM',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  80: 'MPEG layer 1 or 2',
  85: 'MP3',
  255: 'AAC',
  8192: 'AC-3',
};

/** The last fourteen bytes of KSDATAFORMAT_SUBTYPE_*; the two before them are the real tag. */
const SUBTYPE_TAIL = '0000000010008000' + '00aa00389b71';

/**
 * Sizes that a program writes when it cannot come back to put in the true one: 0 (GStreamer), 2³² - 1 (ffmpeg),
 * 2³¹ - 4096 (SoX), 2³¹ - 1, 2³¹ - 256 and 2³¹ (recorders).
 */
const UNKNOWN_SIZES = [0, 0xffffffff, 0x7ffff000, 0x7fffffff, 0x7fffff00, 0x80000000];

const isUnknown = (size: number) => UNKNOWN_SIZES.includes(size);

const RIFF_HEAD_BYTES = 12;
const CHUNK_HEAD_BYTES = 8;
const LONGEST_FORMAT_BYTES = 40;

interface WavFormat {
  readonly encoding: PcmEncoding;
  readonly sampleRate: number;
  readonly channels: number;
}

/**
 * A WAV file of any length in constant memory: RIFF, RF64 and BW64 with PCM of 8 to 32 bits, floats of 32 and 64, A-law
 * and µ-law (Microsoft, "Multiple channel audio data and WAVE files"; EBU Tech 3306 for 64-bit sizes). Where the data
 * are shorter than the header says, everything received is kept.
 * @throws EarshotError EARSHOT_AUDIO_DAMAGED, EARSHOT_AUDIO_UNSUPPORTED, EARSHOT_AUDIO_RATE
 */
export async function openWav(reader: ByteReader, warn: Warn): Promise<AudioStream> {
  const { format, dataBytes } = await readHeader(reader);
  const { sampleRate, channels } = format;
  const pcm = new PcmDecoder(format.encoding, channels);
  return audioStream({ format: 'wav', sampleRate, channels }, pcmChunks(reader, pcm, dataBytes, warn), reader);
}

async function readHeader(reader: ByteReader): Promise<{ format: WavFormat; dataBytes: number }> {
  const riffBytes = (await takeView(reader, RIFF_HEAD_BYTES)).getUint32(4, true);
  const end = isUnknown(riffBytes) ? 0 : CHUNK_HEAD_BYTES + riffBytes;
  let at = RIFF_HEAD_BYTES;
  let format: WavFormat | undefined;
  let longDataBytes = 0;
  for (;;) {
    const chunk = await takeView(reader, CHUNK_HEAD_BYTES);
    at += CHUNK_HEAD_BYTES;
    const id = String.fromCharCode(chunk.getUint8(0), chunk.getUint8(1), chunk.getUint8(2), chunk.getUint8(3));
    const size = chunk.getUint32(4, true);
    if (id === 'data') {
      if (format === undefined) throw damaged('it has samples before its "fmt " chunk');
      // A program that cannot come back knows of no chunk behind the data.
      const isEmpty = size === 0 && end > at + CHUNK_HEAD_BYTES;
      return { format, dataBytes: isUnknown(size) && !isEmpty ? longDataBytes || Infinity : size };
    }
    let read = 0;
    if (id === 'fmt ') {
      read = Math.min(size, LONGEST_FORMAT_BYTES);
      format = parseFormat(await takeView(reader, read));
    } else if (id === 'ds64' && size >= 16) {
      read = 16;
      longDataBytes = Number((await takeView(reader, read)).getBigUint64(8, true));
    }
    const padded = size + (size % 2);
    await reader.skip(padded - read);
    at += padded;
  }
}

async function takeView(reader: ByteReader, count: number): Promise<DataView> {
  const bytes = await reader.take(count);
  if (bytes === undefined) throw damaged('it ends inside its header');
  return new DataView(bytes.buffer);
}

function parseFormat(chunk: DataView): WavFormat {
  if (chunk.byteLength < 16) throw damaged(`its "fmt " chunk has ${chunk.byteLength} bytes, not 16 or more`);
  const channels = chunk.getUint16(2, true);
  const sampleRate = chunk.getUint32(4, true);
  const frameBytes = chunk.getUint16(12, true);
  const bits = chunk.getUint16(14, true);
  const encoding = pcmEncoding(codecTag(chunk), bits);
  if (channels === 0) throw damaged('it has 0 channels');
  if (frameBytes !== channels * Math.ceil(bits / 8)) {
    throw damaged(`its frames have ${frameBytes} bytes, which are not ${channels} samples of ${bits} bits`);
  }
  return { encoding, sampleRate, channels };
}

function codecTag(chunk: DataView): number {
  const tag = chunk.getUint16(0, true);
  if (tag !== TAGS.extensible) return tag;
  if (chunk.byteLength < LONGEST_FORMAT_BYTES) throw damaged('its extensible "fmt " chunk is too short');
  const tail = Array.from({ length: 14 }, (_, i) =>
    chunk
      .getUint8(26 + i)
      .toString(16)
      .padStart(2, '0'),
  ).join('');
  if (tail !== SUBTYPE_TAIL) throw unsupported(`a subformat of its own (${tail})`, tail);
  return chunk.getUint16(24, true);
}

function pcmEncoding(tag: number, bits: number): PcmEncoding {
  const bytes = Math.ceil(bits / 8);
  if (tag === TAGS.pcm && bytes >= 1 && bytes <= 4) return (['u8', 's16le', 's24le', 's32le'] as const)[bytes - 1];
  if (tag === TAGS.float && bits === 32) return 'f32le';
  if (tag === TAGS.float && bits === 64) return 'f64le';
  if (tag === TAGS.aLaw && bits === 8) return 'alaw';
  if (tag === TAGS.muLaw && bits === 8) return 'mulaw';
  const name = OTHER_TAGS[tag] ?? `tag 0x${tag.toString(16).padStart(4, '0')}`;
  throw unsupported(`${name} of ${bits} bits`, tag);
}

function damaged(what: string): EarshotError {
  return new EarshotError('EARSHOT_AUDIO_DAMAGED', `Not a whole WAV file: ${what}`);
}

function unsupported(what: string, value: unknown): EarshotError {
  return new EarshotError(
    'EARSHOT_AUDIO_UNSUPPORTED',
    `Expected a WAV file with PCM, float, A-law or µ-law samples, got ${what}`,
    { value },
  );
}
