type Entry =
  | { samples: number; audio: Uint8Array<ArrayBuffer> }
  /** The command's number, counted from 1. */
  | { command: number; text: string };

/**
 * What a producer has sent and the server has not yet dealt with, in order: audio and commands, to be sent again over
 * another connection.
 */
export class Unacknowledged {
  readonly #bytesPerSample: number;
  readonly #entries: Entry[] = [];
  #firstSample = 0;
  #samples = 0;
  #commands = 0;

  constructor(bytesPerSample: number) {
    this.#bytesPerSample = bytesPerSample;
  }

  /** Samples that wait. */
  get samples(): number {
    return this.#samples - this.#firstSample;
  }

  /** Commands so far. */
  get commands(): number {
    return this.#commands;
  }

  addAudio(audio: Uint8Array<ArrayBuffer>): void {
    const samples = audio.length / this.#bytesPerSample;
    this.#entries.push({ samples, audio });
    this.#samples += samples;
  }

  addCommand(text: string): void {
    this.#entries.push({ command: ++this.#commands, text });
  }

  /** Forgets what is within these counts. */
  acknowledge(samples: number, commands: number): void {
    for (;;) {
      const [first] = this.#entries;
      if (first === undefined) return;
      if ('audio' in first) {
        if (this.#firstSample + first.samples > samples) return;
        this.#firstSample += first.samples;
      } else if (first.command > commands) return;
      this.#entries.shift();
    }
  }

  /** Messages that follow on what the server has. */
  *after(samples: number, commands: number): Generator<string | Uint8Array<ArrayBuffer>> {
    let at = this.#firstSample;
    for (const entry of this.#entries) {
      if ('text' in entry) {
        if (entry.command > commands) yield entry.text;
        continue;
      }
      const known = Math.max(0, samples - at);
      if (known < entry.samples) yield entry.audio.slice(known * this.#bytesPerSample);
      at += entry.samples;
    }
  }
}
