/** Thrown (as itself, no stack) when bits are asked for that are not there. */
export const OUT_OF_BITS = Symbol('out of bits');

/** Reads bits, most significant first. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #bits: number;
  #position: number;

  constructor(bytes: Uint8Array, fromByte = 0) {
    this.#bytes = bytes;
    this.#bits = bytes.length * 8;
    this.#position = fromByte * 8;
  }

  /** An unsigned number of 0 to 32 bits. */
  unsigned(width: number): number {
    if (width === 0) return 0;
    const value = this.#next32() >>> (32 - width);
    this.#skip(width);
    return value;
  }

  /** A two's complement number of 0 to 33 bits. */
  signed(width: number): number {
    if (width > 32) return this.signed(width - 32) * 2 ** 32 + this.unsigned(32);
    if (width === 0) return 0;
    const value = this.#next32() >> (32 - width);
    this.#skip(width);
    return value;
  }

  /** How many zeros stand before the next one, which is passed too. */
  zeros(): number {
    let count = 0;
    for (;;) {
      const run = Math.clz32(this.#next32());
      if (run < 32) {
        this.#skip(run + 1);
        return count + run;
      }
      this.#skip(32);
      count += 32;
    }
  }

  /** The bytes touched so far: a byte of which bits are left counts. */
  bytesRead(): number {
    return (this.#position + 7) >> 3;
  }

  /** The next 32 bits, with zeros for those beyond the end. */
  #next32(): number {
    const at = this.#position >> 3;
    const shift = this.#position & 7;
    const bytes = this.#bytes;
    const word = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    return shift === 0 ? word : (word << shift) | (bytes[at + 4] >> (8 - shift));
  }

  #skip(width: number): void {
    this.#position += width;
    if (this.#position > this.#bits) throw OUT_OF_BITS;
  }
}
