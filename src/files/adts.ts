import { isLastCut } from './bytes.js';

/** AAC in ADTS form (ISO 13818-7, 6.2). */
const HEADER_BYTES = 7;
const RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

/** The length of the frame at `at`; 0 if there is none. */
export function adtsFrameBytes(bytes: Uint8Array, at: number): number {
  const isHeader = at + HEADER_BYTES <= bytes.length && bytes[at] === 0xff && (bytes[at + 1] & 0xf6) === 0xf0;
  return isHeader ? ((bytes[at + 3] & 3) << 11) | (bytes[at + 4] << 3) | (bytes[at + 5] >> 5) : 0;
}

export function adtsSampleRate(bytes: Uint8Array): number | undefined {
  return RATES[(bytes[2] >> 2) & 15];
}

/** Whether the last of the frames that follow each other is cut off. */
export const isAdtsCut = (bytes: Uint8Array): boolean =>
  isLastCut(bytes, (at) => adtsFrameBytes(bytes, at), HEADER_BYTES);
