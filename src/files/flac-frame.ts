import { BitReader, OUT_OF_BITS } from './bit-reader.js';
import { crc } from './crc.js';

/** What a FLAC stream says about itself. */
export interface FlacInfo {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** 0 if unknown. */
  readonly totalSamples: number;
}

export interface FlacHeader {
  readonly bytes: number;
  readonly blockSamples: number;
  /** 0 to 7: that many channels and one more, each for itself; 8 left and side, 9 side and right, 10 mid and side. */
  readonly assignment: number;
}

export interface FlacFrame {
  readonly planar: Float32Array[];
  readonly bytes: number;
}

export const STREAM_INFO_BYTES = 34;
/** Four bytes, a number of up to seven, block size and sample rate of up to two each, a checksum. */
export const FLAC_HEADER_BYTES = 16;

const LEFT_SIDE = 8;
const SIDE_RIGHT = 9;
const MID_SIDE = 10;

const RATES = [88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];
/** 0: as the stream says; -1: reserved. */
const BITS = [0, 8, 12, -1, 16, 20, 24, 32];
/** Predictors of order 0 to 4 with whole coefficients; the first belongs to the sample just before. */
const FIXED_PREDICTORS = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

const crc8 = crc(8, 0x07);
const crc16 = crc(16, 0x8005);

/** The STREAMINFO block (RFC 9639, 8.2). */
export function parseStreamInfo(bytes: Uint8Array): FlacInfo {
  const bits = new BitReader(bytes, 10);
  const sampleRate = bits.unsigned(20);
  const channels = bits.unsigned(3) + 1;
  const bitsPerSample = bits.unsigned(5) + 1;
  const totalSamples = bits.unsigned(4) * 2 ** 32 + bits.unsigned(32);
  return { sampleRate, channels, bitsPerSample, totalSamples };
}

/** The header of a frame of this stream (RFC 9639, 9.1) at the start of `bytes`; undefined if there is none. */
export function parseFlacHeader(bytes: Uint8Array, info: FlacInfo): FlacHeader | undefined {
  if (bytes[0] !== 0xff || (bytes[1] & 0xfe) !== 0xf8 || bytes.length < 6) return undefined;
  const numberBytes = Math.max(1, Math.clz32(~(bytes[4] << 24)));
  const blockCode = bytes[2] >> 4;
  const rateCode = bytes[2] & 15;
  const rateAt = 4 + numberBytes + (blockCode === 6 ? 1 : blockCode === 7 ? 2 : 0);
  const checksumAt = rateAt + (rateCode === 12 ? 1 : rateCode === 13 || rateCode === 14 ? 2 : 0);
  if (checksumAt >= bytes.length || crc8(bytes.subarray(0, checksumAt)) !== bytes[checksumAt]) return undefined;

  const blockSamples = blockSize(blockCode, bytes, 4 + numberBytes);
  const assignment = bytes[3] >> 4;
  const bitsPerSample = BITS[(bytes[3] >> 1) & 7] || info.bitsPerSample;
  const isOfThisStream =
    blockSamples > 0 &&
    assignment <= MID_SIDE &&
    (assignment < LEFT_SIDE ? assignment + 1 : 2) === info.channels &&
    bitsPerSample === info.bitsPerSample &&
    rateOf(rateCode, bytes, rateAt, info) === info.sampleRate;
  return isOfThisStream ? { bytes: checksumAt + 1, blockSamples, assignment } : undefined;
}

function blockSize(code: number, bytes: Uint8Array, at: number): number {
  if (code === 0) return 0;
  if (code === 1) return 192;
  if (code < 6) return 576 << (code - 2);
  if (code === 6) return bytes[at] + 1;
  if (code === 7) return bytes[at] * 256 + bytes[at + 1] + 1;
  return 256 << (code - 8);
}

function rateOf(code: number, bytes: Uint8Array, at: number, info: FlacInfo): number | undefined {
  if (code === 0) return info.sampleRate;
  if (code === 12) return bytes[at] * 1000;
  if (code === 13) return bytes[at] * 256 + bytes[at + 1];
  if (code === 14) return (bytes[at] * 256 + bytes[at + 1]) * 10;
  return RATES[code - 1];
}

/** The most bytes a frame may have: every sample verbatim, the side channel with one bit more, and some bits of form. */
export function longestFrameBytes(header: FlacHeader, info: FlacInfo): number {
  return FLAC_HEADER_BYTES + Math.ceil((info.channels * (header.blockSamples + 1) * (info.bitsPerSample + 1)) / 8) + 64;
}

/** Room for one frame, to be used again: that of a long stream's frames would pile up before it is collected. */
export class FlacRoom {
  readonly #integers: Float64Array[] = [];
  readonly #samples: Float32Array[] = [];

  integers(channel: number, count: number): Float64Array {
    if (!(this.#integers[channel]?.length >= count)) this.#integers[channel] = new Float64Array(count);
    return this.#integers[channel].subarray(0, count);
  }

  samples(channel: number, count: number): Float32Array {
    if (!(this.#samples[channel]?.length >= count)) this.#samples[channel] = new Float32Array(count);
    return this.#samples[channel].subarray(0, count);
  }
}

/**
 * Decodes the frame at the start of `bytes` (RFC 9639, 9): planar samples in [-1, 1), which lie in `room`, and the
 * frame's length. Integers stay exact on the way: they have at most 33 bits and predictions fewer than 53, so float64
 * holds them.
 * @returns 'short' if it goes on beyond `bytes`
 */
export function decodeFlacFrame(
  bytes: Uint8Array,
  header: FlacHeader,
  info: FlacInfo,
  room: FlacRoom,
): FlacFrame | 'damaged' | 'short' {
  try {
    return readFrame(bytes, header, info, room) ?? 'damaged';
  } catch (error) {
    if (error === OUT_OF_BITS) return 'short';
    throw error;
  }
}

function readFrame(bytes: Uint8Array, header: FlacHeader, info: FlacInfo, room: FlacRoom): FlacFrame | undefined {
  const bits = new BitReader(bytes, header.bytes);
  const channels: Float64Array[] = [];
  for (let channel = 0; channel < info.channels; channel++) {
    const samples = room.integers(channel, header.blockSamples);
    const isSide = header.assignment === SIDE_RIGHT ? channel === 0 : header.assignment >= LEFT_SIDE && channel === 1;
    if (!readSubframe(bits, info.bitsPerSample + Number(isSide), samples)) return undefined;
    channels.push(samples);
  }
  const checksumAt = bits.bytesRead();
  const checksum = new BitReader(bytes, checksumAt).unsigned(16);
  if (crc16(bytes.subarray(0, checksumAt)) !== checksum) return undefined;
  decorrelate(channels, header.assignment);
  const fullScale = 2 ** (info.bitsPerSample - 1);
  return {
    planar: channels.map((samples, channel) => scaled(samples, fullScale, room.samples(channel, samples.length))),
    bytes: checksumAt + 2,
  };
}

function scaled(samples: Float64Array, fullScale: number, out: Float32Array): Float32Array {
  for (let i = 0; i < out.length; i++) out[i] = samples[i] / fullScale;
  return out;
}

function decorrelate([a, b]: Float64Array[], assignment: number): void {
  if (assignment === LEFT_SIDE) for (let i = 0; i < a.length; i++) b[i] = a[i] - b[i];
  else if (assignment === SIDE_RIGHT) for (let i = 0; i < a.length; i++) a[i] += b[i];
  else if (assignment === MID_SIDE) {
    for (let i = 0; i < a.length; i++) {
      const side = b[i];
      const sum = a[i] * 2 + Math.abs(side % 2);
      a[i] = (sum + side) / 2;
      b[i] = (sum - side) / 2;
    }
  }
}

/** One channel (RFC 9639, 9.2); false if it is not valid. */
function readSubframe(bits: BitReader, bitsPerSample: number, samples: Float64Array): boolean {
  if (bits.unsigned(1) !== 0) return false;
  const type = bits.unsigned(6);
  const wastedBits = bits.unsigned(1) === 1 ? bits.zeros() + 1 : 0;
  const width = bitsPerSample - wastedBits;
  if (width < 1) return false;
  if (!readSamples(bits, type, width, samples)) return false;
  if (wastedBits > 0) for (let i = 0; i < samples.length; i++) samples[i] *= 2 ** wastedBits;
  return true;
}

function readSamples(bits: BitReader, type: number, width: number, samples: Float64Array): boolean {
  if (type === 0) {
    samples.fill(bits.signed(width));
    return true;
  }
  if (type === 1) {
    for (let i = 0; i < samples.length; i++) samples[i] = bits.signed(width);
    return true;
  }
  if (type >= 8 && type <= 12) return readPredicted(bits, width, type - 8, samples, FIXED_PREDICTORS[type - 8]);
  if (type >= 32) return readPredicted(bits, width, type - 31, samples);
  return false;
}

/** The first `order` samples as they are, then what a linear prediction from the last `order` samples got wrong. */
function readPredicted(
  bits: BitReader,
  width: number,
  order: number,
  samples: Float64Array,
  fixed?: readonly number[],
): boolean {
  if (order > samples.length) return false;
  for (let i = 0; i < order; i++) samples[i] = bits.signed(width);
  const { coefficients, shift } = fixed === undefined ? readPredictor(bits, order) : { coefficients: fixed, shift: 0 };
  if (shift < 0 || !readResidual(bits, order, samples)) return false;
  const scale = 2 ** -shift;
  for (let i = order; i < samples.length; i++) {
    let sum = 0;
    for (let j = 0; j < order; j++) sum += coefficients[j] * samples[i - 1 - j];
    samples[i] += Math.floor(sum * scale);
  }
  return true;
}

function readPredictor(bits: BitReader, order: number): { coefficients: readonly number[]; shift: number } {
  const precision = bits.unsigned(4) + 1;
  const shift = bits.signed(5);
  return { coefficients: Array.from({ length: order }, () => bits.signed(precision)), shift };
}

/** Rice-coded numbers in partitions, each with a parameter of its own (RFC 9639, 9.2.7), from `order` on. */
function readResidual(bits: BitReader, order: number, samples: Float64Array): boolean {
  const method = bits.unsigned(2);
  if (method > 1) return false;
  const parameterBits = method === 0 ? 4 : 5;
  const verbatim = 2 ** parameterBits - 1;
  const partitions = 2 ** bits.unsigned(4);
  const partitionSamples = samples.length / partitions;
  if (!Number.isInteger(partitionSamples) || partitionSamples < order) return false;
  for (let i = order, end = partitionSamples; end <= samples.length; end += partitionSamples) {
    const parameter = bits.unsigned(parameterBits);
    if (parameter === verbatim) {
      const width = bits.unsigned(5);
      for (; i < end; i++) samples[i] = bits.signed(width);
    } else {
      for (; i < end; i++) samples[i] = riceNumber(bits, parameter);
    }
  }
  return true;
}

/** A residual fits 32 bits (RFC 9639, 9.2.7.3), so its folded form does too. */
function riceNumber(bits: BitReader, parameter: number): number {
  const folded = (bits.zeros() << parameter) | bits.unsigned(parameter);
  return (folded >>> 1) ^ -(folded & 1);
}
