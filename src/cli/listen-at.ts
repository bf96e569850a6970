import { type ConnectOptions, connect, type StreamClient, type StreamConfiguration } from '../client/index.js';
import type { EarshotError } from '../errors.js';
import type { DetectionEvent, FrameEvent } from '../events.js';
import { type Level, LevelMeter } from '../node/level-meter.js';
import { microphoneProcess } from '../node/microphone-process.js';
import type { Microphone, MicrophoneSink } from '../node/microphones.js';

/** What is to be sent, and who is to be told. */
export interface ListenAtOptions {
  device: string | undefined;
  signal: AbortSignal;
  token: string | undefined;
  /** Of the stream; the server invents one if undefined. */
  name: string | undefined;
  /** A model of the server; its default one if undefined. */
  model: string | undefined;
  configuration: StreamConfiguration;
  /** Before the first event. */
  onReady: (client: StreamClient) => void;
  onDetection: (event: DetectionEvent) => void;
  onFrame?: (event: FrameEvent) => void;
  onLevel?: (level: Level) => void;
  onError: (error: EarshotError) => void;
}

/** A microphone whose sound is being sent. */
export interface ListenerAt {
  sampleRate: number;
  /** Resolves after the last events, once the microphone is released. */
  finished: Promise<void>;
}

/**
 * Sends what a microphone hears to a server until the signal aborts, the microphone goes or the server is lost.
 * @throws EarshotError as `listen` in earshot/node and `connect` in earshot/client do
 */
export async function listenAt(server: string, options: ListenAtOptions): Promise<ListenerAt> {
  const sending = new Sending(options);
  const microphone = await microphoneProcess.open(options, sending);
  try {
    return await sending.begin(server, microphone);
  } catch (error) {
    await microphone.close();
    throw error;
  }
}

/** Stands between a microphone and a stream, and ends both together. */
class Sending implements MicrophoneSink {
  readonly #options: ListenAtOptions;
  readonly #finished: Promise<void>;
  #finish!: () => void;
  #sampleRate = 0;
  #meter: LevelMeter | undefined;
  #microphone: Microphone | undefined;
  #client: StreamClient | undefined;
  /** From before the server was ready. */
  #early: Float32Array[] = [];
  #isOver = false;

  constructor(options: ListenAtOptions) {
    this.#options = options;
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  open(sampleRate: number): void {
    this.#sampleRate = sampleRate;
    const { onLevel } = this.#options;
    if (onLevel) this.#meter = new LevelMeter(sampleRate, onLevel);
  }

  async begin(server: string, microphone: Microphone): Promise<ListenerAt> {
    const { signal, token, name, model, configuration, onReady, onDetection, onFrame } = this.#options;
    this.#microphone = microphone;
    const events: ConnectOptions['events'] = onFrame ? ['frame', 'detection'] : ['detection'];
    const client = await connect(server, { sampleRate: this.#sampleRate, token, name, model, events, signal });
    onReady(client);
    client.on('detection', onDetection);
    if (onFrame) client.on('frame', onFrame);
    client.on('error', ({ error }) => this.end(error));
    if (Object.keys(configuration).length > 0) void client.configure(configuration);
    this.#client = client;
    for (const samples of this.#early.splice(0)) this.#send(client, samples);
    signal.addEventListener('abort', () => void this.#end());
    if (this.#isOver || signal.aborted) await this.#end();
    return { sampleRate: this.#sampleRate, finished: this.#finished };
  }

  samples(samples: Float32Array): void {
    this.#meter?.add(samples);
    if (this.#isOver) return;
    if (this.#client) this.#send(this.#client, samples);
    else this.#early.push(samples);
  }

  end(error: EarshotError): void {
    if (this.#isOver) return;
    this.#options.onError(error);
    void this.#end();
  }

  #send(client: StreamClient, samples: Float32Array): void {
    client.send(samples).catch((error) => this.end(error));
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    await Promise.all([this.#microphone?.close(), this.#client?.close().catch(() => {})]);
    this.#finish();
  }
}
