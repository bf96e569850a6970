/**
 * The plan of a stream's state. Each part reserves its fields once; every stream then has one slot of `bytes` bytes,
 * and a field stands at `slot + offset`. All fields must mean "nothing heard yet" when they are zero, so that reset is
 * filling a slot with zeros and a snapshot is a copy of it.
 */
export class SlotLayout {
  bytes: number;

  /** @param bytes where to go on: the end of a plan that these fields follow */
  constructor(bytes = 0) {
    this.bytes = bytes;
  }

  /** Reserves numbers that must stay exact, such as counts of samples. Returns their byte offset. */
  float64(count: number): number {
    return this.#reserve(count * Float64Array.BYTES_PER_ELEMENT);
  }

  /** Reserves samples, features or activations. Returns their byte offset, a multiple of 16. */
  float32(count: number): number {
    return this.#reserve(count * Float32Array.BYTES_PER_ELEMENT);
  }

  #reserve(bytes: number): number {
    const offset = this.bytes;
    this.bytes += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return offset;
  }
}

const ALIGNMENT = 16;
