import { unexpected } from '../errors.js';

/** Samples of one channel: floats with 1 for full scale, or integers of 16 bits. */
export type Samples = Float32Array | Int16Array;

/** Little-endian PCM, or G.711 companding. Integers become numbers in [-1, 1); floats stay as they are. */
export const PCM_ENCODINGS = ['u8', 's16le', 's24le', 's32le', 'f32le', 'f64le', 'alaw', 'mulaw'] as const;

export type PcmEncoding = (typeof PCM_ENCODINGS)[number];

/** Of an unsigned integer of 8 bits. */
const MIDDLE_8 = 2 ** 7;
const FULL_SCALE_16 = 2 ** 15;
/** What one step of an integer of 8, 16, 24 or 32 bits is worth. To multiply by it is exact, and faster than to divide. */
const STEP_8 = 2 ** -7;
export const STEP_16 = 2 ** -15;
const STEP_24 = 2 ** -23;
const STEP_32 = 2 ** -31;

/** As nearly every machine's memory is. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const EXPANDED_A_LAW = Float32Array.from({ length: 256 }, (_, code) => expandALaw(code));
const EXPANDED_MU_LAW = Float32Array.from({ length: 256 }, (_, code) => expandMuLaw(code));

/** Fills `out` with samples that lie `stride` bytes apart from byte `at` on. */
type ReadSamples = (view: DataView, at: number, stride: number, out: Float32Array) => void;

/** A loop for each coding, and not one loop that calls a function for each sample: that takes several times as long. */
const SAMPLES: Record<PcmEncoding, { bytes: number; read: ReadSamples }> = {
  u8: {
    bytes: 1,
    read(view, at, stride, out) {
      for (let i = 0; i < out.length; i++) out[i] = (view.getUint8(at + i * stride) - MIDDLE_8) * STEP_8;
    },
  },
  s16le: {
    bytes: 2,
    read(view, at, stride, out) {
      for (let i = 0; i < out.length; i++) out[i] = view.getInt16(at + i * stride, true) * STEP_16;
    },
  },
  s24le: {
    bytes: 3,
    read(view, at, stride, out) {
      for (let i = 0; i < out.length; i++) {
        const byte = at + i * stride;
        out[i] = (view.getInt16(byte + 1, true) * 256 + view.getUint8(byte)) * STEP_24;
      }
    },
  },
  s32le: {
    bytes: 4,
    read(view, at, stride, out) {
      for (let i = 0; i < out.length; i++) out[i] = view.getInt32(at + i * stride, true) * STEP_32;
    },
  },
  f32le: {
    bytes: 4,
    read(view, at, stride, out) {
      for (let i = 0; i < out.length; i++) out[i] = view.getFloat32(at + i * stride, true);
    },
  },
  f64le: {
    bytes: 8,
    read(view, at, stride, out) {
      for (let i = 0; i < out.length; i++) out[i] = view.getFloat64(at + i * stride, true);
    },
  },
  alaw: {
    bytes: 1,
    read(view, at, stride, out) {
      for (let i = 0; i < out.length; i++) out[i] = EXPANDED_A_LAW[view.getUint8(at + i * stride)];
    },
  },
  mulaw: {
    bytes: 1,
    read(view, at, stride, out) {
      for (let i = 0; i < out.length; i++) out[i] = EXPANDED_MU_LAW[view.getUint8(at + i * stride)];
    },
  },
};

/** Turns a stream of interleaved PCM bytes, cut anywhere, into planar samples. */
export class PcmDecoder {
  /** The length of a frame, which is a sample of each channel. */
  readonly frameBytes: number;
  readonly #sample: (typeof SAMPLES)[PcmEncoding];
  readonly #channels: number;
  readonly #shared: Float32Array[] = [];
  #rest: Uint8Array = new Uint8Array(0);

  /** @throws EarshotError EARSHOT_BAD_ARGUMENT */
  constructor(encoding: PcmEncoding, channels: number) {
    if (!PCM_ENCODINGS.includes(encoding)) {
      throw unexpected('EARSHOT_BAD_ARGUMENT', 'encoding', `one of ${PCM_ENCODINGS.join(', ')}`, encoding);
    }
    if (!Number.isInteger(channels) || channels < 1) {
      throw unexpected('EARSHOT_BAD_ARGUMENT', 'channels', 'an integer of at least 1', channels);
    }
    this.#sample = SAMPLES[encoding];
    this.#channels = channels;
    this.frameBytes = this.#sample.bytes * channels;
  }

  /** One new array a channel, all of them as long as there are whole frames by now. */
  write(bytes: Uint8Array): Float32Array[] {
    return this.#decode(bytes, (_, frames) => new Float32Array(frames));
  }

  /** The same in arrays that the next call overwrites: those of a long stream would pile up before they are collected. */
  writeShared(bytes: Uint8Array): Float32Array[] {
    return this.#decode(bytes, (channel, frames) => {
      const shared = this.#shared[channel];
      if (shared && shared.length >= frames) return shared.subarray(0, frames);
      this.#shared[channel] = new Float32Array(frames);
      return this.#shared[channel];
    });
  }

  #decode(bytes: Uint8Array, arrayFor: (channel: number, frames: number) => Float32Array): Float32Array[] {
    const all = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    const frames = Math.floor(all.length / this.frameBytes);
    // A copy: `slice` of a Node Buffer is a view of memory that its owner may write to.
    this.#rest = new Uint8Array(all.subarray(frames * this.frameBytes));
    const view = new DataView(all.buffer, all.byteOffset, frames * this.frameBytes);
    return Array.from({ length: this.#channels }, (_, channel) => {
      const samples = arrayFor(channel, frames);
      this.#sample.read(view, channel * this.#sample.bytes, this.frameBytes, samples);
      return samples;
    });
  }

  /** The mean of all channels: in an array that the next call overwrites, or as a view of the bytes where that will do. */
  writeMono(bytes: Uint8Array): Samples {
    if (!this.#areIntegers(bytes)) return mixDown(this.writeShared(bytes));
    return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / Int16Array.BYTES_PER_ELEMENT);
  }

  #areIntegers({ length, byteOffset }: Uint8Array): boolean {
    const isSuch = this.#sample === SAMPLES.s16le && this.#channels === 1 && IS_LITTLE_ENDIAN;
    return isSuch && this.#rest.length === 0 && (length | byteOffset) % Int16Array.BYTES_PER_ELEMENT === 0;
  }

  /** Ends the stream; returns how many bytes were left over because they make no whole frame. */
  end(): number {
    const left = this.#rest.length;
    this.#rest = new Uint8Array(0);
    return left;
  }
}

/** The mean of channels of one length, as a new array; the only channel itself when there is one. */
export function mixDown(planar: readonly Float32Array[]): Float32Array {
  if (planar.length === 1) return planar[0];
  const mixed = new Float32Array(planar[0].length);
  mixInto(planar, mixed);
  return mixed;
}

/** The same, written to `mixed`. Allocates nothing. */
export function mixInto(planar: readonly Float32Array[], mixed: Float32Array): void {
  for (let i = 0; i < mixed.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < planar.length; channel++) sum += planar[channel][i];
    mixed[i] = sum / planar.length;
  }
}

/** A sample as an integer of 16 bits: rounded to the nearest, held at full scale; NaN stays NaN, which is stored as 0. */
export const toS16 = (sample: number): number =>
  Math.min(FULL_SCALE_16 - 1, Math.max(-FULL_SCALE_16, Math.round(sample * FULL_SCALE_16)));

/** Integers of 16 bits as samples in [-1, 1). */
export const fromS16 = (integers: Int16Array): Float32Array => Float32Array.from(integers, (n) => n * STEP_16);

/** Samples as 16-bit little-endian PCM; see `toS16`. */
export function encodeS16(samples: Float32Array | Float64Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) view.setInt16(i * 2, toS16(samples[i]), true);
  return bytes;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/**
 * ITU-T G.711 A-law, table 1: after inverting the even bits, a sign (1 is positive), 3 bits of segment and 4 bits of
 * step; values up to ±4032 of 4096.
 */
function expandALaw(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = 2 * (bits & 15) + 1;
  const magnitude = segment === 0 ? step : (step + 32) << (segment - 1);
  return (bits & 0x80 ? magnitude : -magnitude) / 4096;
}

/**
 * ITU-T G.711 µ-law, table 2: after inverting all bits, a sign (1 is negative), 3 bits of segment and 4 bits of step;
 * values up to ±8031 of 8192.
 */
function expandMuLaw(code: number): number {
  const bits = ~code;
  const magnitude = ((2 * (bits & 15) + 33) << ((bits >> 4) & 7)) - 33;
  return (bits & 0x80 ? -magnitude : magnitude) / 8192;
}
