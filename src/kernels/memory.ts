/**
 * The one linear memory of an engine: weights first, then a slot of state for each channel. All addresses are byte
 * offsets. The views are replaced when the memory grows, so read them anew (`memory.f32[…]`) rather than keep one.
 */
export class KernelMemory {
  f32!: Float32Array;
  f64!: Float64Array;
  i8!: Int8Array;
  i32!: Int32Array;
  readonly #host: MemoryHost;
  readonly #free = new Map<number, number[]>();
  #end: number;

  constructor(host: MemoryHost) {
    this.#host = host;
    // Address 0 stays unused, so that it can mean "none".
    this.#end = ALIGNMENT;
    this.#view();
  }

  /** Reserves zeroed bytes, aligned to 16. May grow the memory: not for the audio thread's steady state. */
  allocate(bytes: number): number {
    const size = align(bytes);
    const reused = this.#free.get(size)?.pop();
    if (reused !== undefined) {
      this.i8.fill(0, reused, reused + size);
      return reused;
    }
    const address = this.#end;
    this.#end += size;
    if (this.#end > this.i8.length) {
      this.#host.grow(this.#end);
      this.#view();
    }
    return address;
  }

  /** Returns what `allocate` gave for the same number of bytes. */
  free(address: number, bytes: number): void {
    const size = align(bytes);
    const list = this.#free.get(size);
    if (list) list.push(address);
    else this.#free.set(size, [address]);
  }

  #view(): void {
    const buffer = this.#host.buffer;
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i8 = new Int8Array(buffer);
    this.i32 = new Int32Array(buffer);
  }
}

/** What lends the bytes: an ArrayBuffer or a WebAssembly.Memory. */
export interface MemoryHost {
  readonly buffer: ArrayBuffer;
  /** Makes `buffer` hold at least so many bytes, keeping its content; new bytes are zero. */
  grow(bytes: number): void;
}

const ALIGNMENT = 16;

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
