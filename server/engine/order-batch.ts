import type { Order } from './orders.js';

/** Orders of a moment, in their order, and their audio in one piece: to clone an object for each message takes longer. */
export interface OrderBatch {
  /** Pairs of a stream and how many of the next bytes of `audio` are for it, or of `OTHER` for the next of `others`. */
  sequence: Int32Array<ArrayBuffer>;
  others: Order[];
  audio: Uint8Array<ArrayBuffer>;
}

const OTHER = -1;
const FIRST_AUDIO_BYTES = 65536;

/** Collects orders into a batch. */
export class OrderCollector {
  #sequence: number[] = [];
  #others: Order[] = [];
  #audio = new Uint8Array(FIRST_AUDIO_BYTES);
  #audioBytes = 0;

  get isEmpty(): boolean {
    return this.#sequence.length === 0;
  }

  add(order: Order): void {
    this.#sequence.push(OTHER, 0);
    this.#others.push(order);
  }

  /** Copies the bytes. */
  addAudio(id: number, bytes: Uint8Array): void {
    const end = this.#audioBytes + bytes.length;
    if (end > this.#audio.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#audio.subarray(0, this.#audioBytes));
      this.#audio = larger;
    }
    this.#audio.set(bytes, this.#audioBytes);
    this.#audioBytes = end;
    this.#sequence.push(id, bytes.length);
  }

  /** All that was collected; begins anew. */
  take(): OrderBatch {
    const batch = {
      sequence: Int32Array.from(this.#sequence),
      others: this.#others,
      audio: this.#audio.slice(0, this.#audioBytes),
    };
    this.#sequence = [];
    this.#others = [];
    this.#audioBytes = 0;
    return batch;
  }
}

/** Who carries orders out. */
export interface OrderTaker {
  /** @param bytes a view of the batch */
  audio(id: number, bytes: Uint8Array): void;
  order(order: Order): void;
}

/** Gives out the orders of a batch in the order in which they were collected. */
export function giveOut({ sequence, others, audio }: OrderBatch, taker: OrderTaker): void {
  let bytes = 0;
  let other = 0;
  for (let i = 0; i < sequence.length; i += 2) {
    const [id, length] = [sequence[i], sequence[i + 1]];
    if (id === OTHER) taker.order(others[other++]);
    else taker.audio(id, audio.subarray(bytes, bytes + length));
    bytes += length;
  }
}
