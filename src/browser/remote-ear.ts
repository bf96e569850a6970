import { fromS16 } from '../audio/pcm.js';
import { checkConfiguration, type StreamConfiguration } from '../client/configuration.js';
import type { ServerAddress } from '../client/socket.js';
import { type ConnectOptions, StreamClient } from '../client/stream-client.js';
import { changedThresholds, type DecisionConfig } from '../config.js';
import { EarshotError, unexpected } from '../errors.js';
import { PACKER_NAME, type PackerOptions, type Report } from '../worklet/protocol.js';
import { processorError } from '../worklet/when-ready.js';
import type { Course, Ear } from './ear.js';
import type { RemoteListenOptions, RemoteServer } from './options.js';
import { startWorkletNode, stopWorkletNode } from './worklet-node.js';

/** What is sent: enough for speech, and a rate that every server takes. */
const SAMPLE_RATE = 16000;
/** A server takes a limited number of messages a second. */
const CONFIGURE_MILLISECONDS = 50;

/** What one is made from. */
export type RemoteEarOptions = RemoteListenOptions & Course;

/**
 * A stream on a server: the audio thread resamples and packs, the client sends.
 * @throws EarshotError EARSHOT_WORKLET_FAILED, EARSHOT_AUDIO_RATE, EARSHOT_BAD_ARGUMENT, or what `connect` throws
 */
export async function startRemoteEar(context: BaseAudioContext, options: RemoteEarOptions): Promise<Ear> {
  const { length, kernels, workletUrl } = options;
  const packing: PackerOptions = { kernels, sampleRate: SAMPLE_RATE, length };
  const [node, ready] = await startWorkletNode(context, PACKER_NAME, packing, workletUrl);
  const client = await openStream(options).catch((error) => {
    stopWorkletNode(node);
    throw error;
  });
  return new RemoteEar(node, ready.kernels, client, options);
}

async function openStream({ server, length, decision, onFrame }: RemoteEarOptions): Promise<StreamClient> {
  const { address, ...stream } = isAddress(server) ? { address: server } : server;
  const connecting: ConnectOptions = {
    ...stream,
    sampleRate: SAMPLE_RATE,
    events: onFrame ? ['frame', 'detection'] : ['detection'],
    // A recording is in memory anyway, and comes at once.
    ...(length !== undefined && { bufferSeconds: Infinity }),
  };
  const client = new StreamClient(address, connecting, WebSocket);
  await client.open();
  try {
    const configuration = configurationOf(decision, client.labels);
    if (Object.keys(configuration).length > 0) void client.configure(configuration);
  } catch (error) {
    client.abort();
    throw error;
  }
  return client;
}

const isAddress = (server: ServerAddress | RemoteServer): server is ServerAddress =>
  typeof server === 'string' || 'href' in server;

/**
 * What a server lets a stream change.
 * @param labels of the server's model, once it has named them
 * @throws EarshotError EARSHOT_BAD_ARGUMENT
 */
export function configurationOf(
  decision: Partial<DecisionConfig> = {},
  labels?: readonly string[],
): StreamConfiguration {
  const { threshold, thresholds, ...others } = decision;
  if (Object.keys(others).length > 0) {
    throw unexpected('EARSHOT_BAD_ARGUMENT', 'decision', 'only `threshold` and `thresholds` for a server', decision);
  }
  const configuration = {
    ...(threshold !== undefined && { threshold }),
    ...(thresholds && { thresholds: { ...thresholds } }),
  };
  checkConfiguration(configuration, labels);
  return configuration;
}

class RemoteEar implements Ear {
  readonly node: AudioWorkletNode;
  readonly sampleRate = SAMPLE_RATE;
  readonly kernels: 'simd' | 'plain';
  lostBlocks = 0;
  onConnectionChange = (): void => {};
  readonly #client: StreamClient;
  readonly #onSamples: RemoteEarOptions['onSamples'];
  readonly #onEnd: RemoteEarOptions['onEnd'];
  #configuration: StreamConfiguration = {};
  #configuring: ReturnType<typeof setTimeout> | undefined;
  #isFinished = false;
  #isStopped = false;

  constructor(node: AudioWorkletNode, kernels: 'simd' | 'plain', client: StreamClient, options: RemoteEarOptions) {
    this.node = node;
    this.kernels = kernels;
    this.#client = client;
    this.#onSamples = options.onSamples;
    this.#onEnd = options.onEnd;
    client.on('detection', (event) => this.#isStopped || options.onDetection?.(event));
    client.on('frame', (event) => this.#isStopped || options.onFrame?.(event));
    client.on('state', () => this.onConnectionChange());
    client.on('error', ({ error }) => this.#onEnd(error));
    node.onprocessorerror = () => this.#onEnd(processorError());
    node.port.onmessage = ({ data }: MessageEvent<Report>) => this.#hear(data);
  }

  get labels(): readonly string[] {
    return this.#client.labels;
  }

  get isConnected(): boolean {
    return this.#client.state !== 'reconnecting';
  }

  /** Changes that follow each other closely, as those of a slider do, travel together. */
  configure(decision: Partial<DecisionConfig>): void {
    const change = configurationOf(decision, this.labels);
    // All sound is on its way: a change would come after it.
    if (this.#isFinished) return;
    const { thresholds: waiting = {} } = this.#configuration;
    this.#configuration = { ...this.#configuration, ...change, thresholds: changedThresholds(waiting, change) };
    this.#configuring ??= setTimeout(() => this.#sendConfiguration(), CONFIGURE_MILLISECONDS);
  }

  #sendConfiguration(): void {
    this.#configuring = undefined;
    this.#client.configure(this.#configuration).catch(this.#onEnd);
    this.#configuration = {};
  }

  /** What the server has not been sent yet, much of a recording, it need not hear any more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#configuring);
    stopWorkletNode(this.node);
    this.#client.abort();
  }

  #hear(report: Report): void {
    switch (report.type) {
      case 'packed':
        this.lostBlocks = report.lostBlocks;
        // First, so that a callback that throws loses nothing.
        this.#client.send(report.samples).catch(this.#onEnd);
        this.#onSamples?.(fromS16(report.samples));
        break;
      case 'finished':
        this.#isFinished = true;
        clearTimeout(this.#configuring);
        this.#client.close().then(() => this.#onEnd(), this.#onEnd);
        break;
      case 'failed':
        this.#onEnd(new EarshotError(report.code, report.message));
        break;
    }
  }
}
