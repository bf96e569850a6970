import { unexpected } from '../errors.js';

/** How much is taken from the source at once, however large its chunks are. */
const PIECE_BYTES = 65536;

/** Looks ahead in a stream of bytes that comes in chunks of any size; holds what was asked for and about 64 KiB more. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk = new Uint8Array(0);
  #buffer = new Uint8Array(PIECE_BYTES);
  #start = 0;
  #end = 0;
  #ended = false;
  #fault: { error: unknown } | undefined;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /**
   * Waits for `count` bytes and shows all that are ready then: at least `count`, fewer only at the end of the input. The
   * view is good until the next call. A fault of the source is an end here, so that all bytes before it are used.
   */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#end - this.#start < count && (await this.#pull()));
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Drops bytes that `peek` has shown. */
  advance(count: number): void {
    this.#start += count;
  }

  /** A copy of the next `count` bytes, which are dropped; undefined if the input has fewer. */
  async take(count: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = (await this.peek(count)).slice(0, count);
    if (bytes.length < count) return undefined;
    this.advance(count);
    return bytes;
  }

  /** Drops bytes, shown or not; false if the input has fewer. */
  async skip(count: number): Promise<boolean> {
    for (let left = count; left > 0; ) {
      const ready = (await this.peek(1)).length;
      if (ready === 0) return false;
      this.advance(Math.min(left, ready));
      left -= ready;
    }
    return true;
  }

  /** Throws what the source has thrown, if it has. */
  throwFault(): void {
    if (this.#fault !== undefined) throw this.#fault.error;
  }

  /** Ends the source; nothing more comes. */
  async close(): Promise<void> {
    this.#start = this.#end = 0;
    this.#chunk = new Uint8Array(0);
    await this.#endSource();
  }

  async #endSource(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#source.return?.();
  }

  async #pull(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      if (this.#ended) return false;
      await this.#nextChunk();
    }
    const piece = this.#chunk.subarray(0, PIECE_BYTES);
    this.#chunk = this.#chunk.subarray(piece.length);
    this.#makeRoom(piece.length);
    this.#buffer.set(piece, this.#end);
    this.#end += piece.length;
    return true;
  }

  async #nextChunk(): Promise<void> {
    try {
      const { done, value } = await this.#source.next();
      this.#ended = done === true;
      if (this.#ended) return;
      if (!(value instanceof Uint8Array)) {
        throw unexpected('EARSHOT_BAD_ARGUMENT', 'bytes', 'chunks of Uint8Array', value);
      }
      this.#chunk = value as Uint8Array<ArrayBuffer>;
    } catch (error) {
      this.#fault = { error };
      await this.#endSource();
    }
  }

  #makeRoom(count: number): void {
    if (this.#end + count <= this.#buffer.length) return;
    const ready = this.#end - this.#start;
    const target = ready + count > this.#buffer.length / 2 ? new Uint8Array(2 * (ready + count)) : this.#buffer;
    target.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = target;
    this.#start = 0;
    this.#end = ready;
  }
}
