import { isDeepStrictEqual } from 'node:util';
import type { Spotter } from 'earshot';
import { connect, type SpotterEvent, type StreamClient } from 'earshot/client';
import { mixDown, openAudio, openModel } from 'earshot/node';

const PIECE_SAMPLES = 800;

/** A producer that behaves well, and a spotter that hears the same alone. */
export class SteadyStream {
  readonly #client: StreamClient;
  readonly #alone: Spotter;
  readonly #samples: Float32Array;
  readonly #heard: SpotterEvent[] = [];
  readonly #expected: SpotterEvent[] = [];
  #at = 0;

  private constructor(client: StreamClient, alone: Spotter, samples: Float32Array) {
    this.#client = client;
    this.#alone = alone;
    this.#samples = samples;
    client.on('frame', (event) => this.#heard.push(event));
    client.on('detection', (event) => this.#heard.push(event));
  }

  static async open(url: string): Promise<SteadyStream> {
    const audio = await openAudio('samples/words.wav');
    const { sampleRate } = audio;
    const samples: number[] = [];
    for await (const planar of audio) samples.push(...mixDown(planar));
    const client = await connect(url, { sampleRate, name: 'steady' });
    return new SteadyStream(client, (await openModel()).spotter({ sampleRate }), Float32Array.from(samples));
  }

  /** Says a little more of the recording, over and over again. */
  async goOn(): Promise<void> {
    const piece = this.#samples.subarray(this.#at, this.#at + PIECE_SAMPLES);
    this.#at = this.#at + PIECE_SAMPLES < this.#samples.length ? this.#at + PIECE_SAMPLES : 0;
    this.#expected.push(...this.#alone.push(piece));
    await this.#client.send(piece);
  }

  /** @returns whether the server heard exactly what the spotter did */
  async finish(): Promise<{ events: number; isSame: boolean }> {
    await this.#client.close();
    this.#expected.push(...this.#alone.flush());
    return { events: this.#heard.length, isSame: isDeepStrictEqual(this.#heard, this.#expected) };
  }
}
