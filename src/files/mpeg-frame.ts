/** The header of one frame of MPEG-1, MPEG-2 or MPEG-2.5 audio, layers I to III (ISO 11172-3 and 13818-3, 2.4.1.3). */
export interface MpegHeader {
  readonly frameBytes: number;
  readonly sampleRate: number;
  readonly channels: number;
  /** What stays the same from frame to frame of one stream: version, layer, sample rate and whether it is mono. */
  readonly kind: number;
}

export const MPEG_HEADER_BYTES = 4;

/** The longest frame: layer II, 384 kbit/s at 32 kHz, padded. */
const LONGEST_FRAME_BYTES = 1729;

/** What must be seen of a stream to know that two frames follow the one at its start. */
const CONFIRMATION_BYTES = 2 * LONGEST_FRAME_BYTES + MPEG_HEADER_BYTES;

/** Enough to find a frame in, wherever a stream was cut. */
export const MPEG_SEARCH_BYTES = 8192;

const MPEG_1 = 3;
const LAYER_1 = 3;
const LAYER_2 = 2;

/** kbit/s by version and layer, from index 1 on. */
const KBITS = {
  v1: {
    1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  v2: {
    1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    2: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    3: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
} as const;

/** Hz by the two bits of the version: 2.5, reserved, 2, 1. */
const RATES = [[11025, 12000, 8000], [], [22050, 24000, 16000], [44100, 48000, 32000]];

/** Reads the header at `at`; undefined if there is none, and for the "free" bit rate, which tells no length. */
export function parseMpegHeader(bytes: Uint8Array, at: number): MpegHeader | undefined {
  if (at + MPEG_HEADER_BYTES > bytes.length || bytes[at] !== 0xff || bytes[at + 1] < 0xe0) return undefined;
  const version = (bytes[at + 1] >> 3) & 3;
  const layer = (bytes[at + 1] >> 1) & 3;
  const layerNumber = (4 - layer) as 1 | 2 | 3 | 4;
  const sampleRate = RATES[version][(bytes[at + 2] >> 2) & 3];
  const emphasis = bytes[at + 3] & 3;
  if (layerNumber === 4 || sampleRate === undefined || emphasis === 2) return undefined;
  const kbits = KBITS[version === MPEG_1 ? 'v1' : 'v2'][layerNumber][(bytes[at + 2] >> 4) - 1];
  if (kbits === undefined) return undefined;
  const isMono = bytes[at + 3] >> 6 === 3;
  return {
    frameBytes: frameBytes(version, layer, (kbits * 1000) / sampleRate, (bytes[at + 2] >> 1) & 1),
    sampleRate,
    channels: isMono ? 1 : 2,
    kind: ((bytes[at + 1] & 0x1e) << 8) | (bytes[at + 2] & 0x0c) | Number(isMono),
  };
}

function frameBytes(version: number, layer: number, bitsPerSample: number, padding: number): number {
  if (layer === LAYER_1) return 4 * (Math.floor(12 * bitsPerSample) + padding);
  const samples = layer === LAYER_2 || version === MPEG_1 ? 1152 : 576;
  return Math.floor((samples / 8) * bitsPerSample) + padding;
}

/**
 * Where the first of three frames of one kind stands that follow each other, or of fewer that end exactly with the
 * input; -1 if nowhere. Short of the input's end, the last CONFIRMATION_BYTES are
 * left for another time, so that the answer does not depend on how much happens to be visible.
 */
export function findMpegFrame(bytes: Uint8Array, isEnd: boolean): number {
  const last = bytes.length - (isEnd ? MPEG_HEADER_BYTES : CONFIRMATION_BYTES);
  for (let at = 0; at <= last; at++) {
    const first = parseMpegHeader(bytes, at);
    if (first !== undefined && isFollowed(bytes, at, first, isEnd)) return at;
  }
  return -1;
}

/** How many bytes a search that found nothing has done with. */
export function searchedBytes(bytes: Uint8Array, isEnd: boolean): number {
  return isEnd ? bytes.length : bytes.length - CONFIRMATION_BYTES + 1;
}

function isFollowed(bytes: Uint8Array, at: number, first: MpegHeader, isEnd: boolean): boolean {
  let header: MpegHeader | undefined = first;
  let end = at;
  for (let frames = 1; header?.kind === first.kind; frames++) {
    if (frames === 3) return true;
    end += header.frameBytes;
    if (isEnd && end === bytes.length) return true;
    header = parseMpegHeader(bytes, end);
  }
  return false;
}
