/** A message: audio, or the text of a command. */
export type Outgoing = Uint8Array<ArrayBuffer> | string;

/** So many samples and commands, counted since the stream began. */
interface Position {
  samples: number;
  commands: number;
}

/**
 * What a producer sends, in order. A message stays until the server has dealt with it, so that it can be sent again
 * over another connection.
 */
export class Outbox {
  readonly #bytesPerSample: number;
  readonly #onTheWay: Outgoing[] = [];
  readonly #waiting: Outgoing[] = [];
  /** What the server has dealt with, what was sent, and all there is. */
  #done: Position = { samples: 0, commands: 0 };
  #sent: Position = { samples: 0, commands: 0 };
  #added: Position = { samples: 0, commands: 0 };

  constructor(bytesPerSample: number) {
    this.#bytesPerSample = bytesPerSample;
  }

  /** Samples since the stream began. */
  get given(): number {
    return this.#added.samples;
  }

  /** Samples that the server has not dealt with. */
  get samples(): number {
    return this.#added.samples - this.#done.samples;
  }

  /** Of these, those that were sent. */
  get samplesOnTheWay(): number {
    return this.#sent.samples - this.#done.samples;
  }

  get commandsOnTheWay(): number {
    return this.#sent.commands - this.#done.commands;
  }

  /** @returns where the stream is after this message */
  add(message: Outgoing): Position {
    this.#waiting.push(message);
    this.#added = this.#after(this.#added, message);
    return this.#added;
  }

  /** The next message to be sent, if there is one. */
  next(): Outgoing | undefined {
    const message = this.#waiting.shift();
    if (message !== undefined) this.#send(message);
    return message;
  }

  /** Whether the server has dealt with all up to here. */
  hasDone(position: Position): boolean {
    return isWithin(position, this.#done);
  }

  /** The server has dealt with so much. */
  acknowledge(position: Position): void {
    for (let first = this.#onTheWay[0]; first !== undefined; first = this.#onTheWay[0]) {
      const after = this.#after(this.#done, first);
      if (!isWithin(after, position)) return;
      this.#done = after;
      this.#onTheWay.shift();
    }
  }

  /** Over another connection, goes on after what the server has got. */
  resume(position: Position): void {
    this.#waiting.unshift(...this.#onTheWay.splice(0));
    this.#sent = this.#done;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (!isWithin(this.#after(this.#sent, first), position)) break;
      this.next();
    }
    this.#cutFirst(position.samples - this.#sent.samples);
  }

  /** Counts the first samples of the first message that waits as sent. */
  #cutFirst(samples: number): void {
    const [first] = this.#waiting;
    if (samples <= 0 || !(first instanceof Uint8Array)) return;
    const bytes = samples * this.#bytesPerSample;
    this.#waiting[0] = first.slice(bytes);
    this.#send(first.slice(0, bytes));
  }

  #send(message: Outgoing): void {
    this.#onTheWay.push(message);
    this.#sent = this.#after(this.#sent, message);
  }

  #after({ samples, commands }: Position, message: Outgoing): Position {
    if (typeof message === 'string') return { samples, commands: commands + 1 };
    return { samples: samples + message.length / this.#bytesPerSample, commands };
  }
}

const isWithin = (position: Position, end: Position): boolean =>
  position.samples <= end.samples && position.commands <= end.commands;
