import { EarshotError } from '../errors.js';
import type { Command, ProcessorOptions } from '../worklet/protocol.js';
import { GapFilter } from './gap-filter.js';
import { hearWithWorklet } from './hear-with-worklet.js';
import { LossWatch } from './loss-watch.js';
import type { FromMicrophone, ToMicrophone } from './microphone-messages.js';
import type { MicrophoneInfo } from './microphones.js';
import { pickMicrophone } from './pick-microphone.js';
import { loadWebAudio, microphonesOf, type WebAudio } from './web-audio.js';

/** The rates that a microphone is asked for, in this order: it has most of them, if not by itself then by the system. */
const SAMPLE_RATES = [48000, 44100, 32000, 16000, 8000];
/** Samples a block: 21 ms at 48 kHz. A ScriptProcessorNode, because an AudioWorklet takes a core here and falls behind. */
const BLOCK_SAMPLES = 1024;
/** A microphone's buffer, and the context's. Shorter ones cost more and come too late more often. */
const MICROPHONE_SECONDS = 0.1;
const CONTEXT_SECONDS = 0.05;

/** What must not be collected as garbage while it is recording; node-web-audio-api would release the microphone. */
const held: unknown[] = [];

type Tell = (message: FromMicrophone) => void;
type Request = Omit<Extract<ToMicrophone, { type: 'open' }>, 'type'>;

/**
 * Opens a microphone and tells what it hears, and what the worklet finds if one is asked for, until the process ends.
 * The context plays to nowhere, so that no loudspeaker is needed.
 * @returns what takes commands for the worklet
 * @throws EarshotError EARSHOT_AUDIO_BACKEND, EARSHOT_MICROPHONE_DENIED, EARSHOT_MICROPHONE_MISSING,
 *   EARSHOT_MICROPHONE_LOST, EARSHOT_WORKLET_FAILED
 */
export async function openCapture({ device, worklet }: Request, tell: Tell): Promise<(command: Command) => void> {
  const webAudio = await loadWebAudio();
  const picked = pickMicrophone(await microphonesOf(webAudio), device);
  const { stream, sampleRate } = await openStream(webAudio, picked?.deviceId, ratesFor(worklet));
  const sinkId = { type: 'none' };
  const context = new webAudio.AudioContext({
    sampleRate,
    sinkId,
    latencyHint: CONTEXT_SECONDS,
  } as AudioContextOptions);
  const source = context.createMediaStreamSource(stream);
  held.push(stream, context, source);
  const watch = new LossWatch(
    async () => isThere(await microphonesOf(webAudio), picked),
    () => tell({ type: 'failed', code: 'EARSHOT_MICROPHONE_LOST', message: 'The microphone has gone' }),
  );
  if (worklet) return tellReports(webAudio, source, worklet, watch, tell);
  tell({ type: 'open', sampleRate });
  tellSamples(context, source, watch, tell);
  return () => {};
}

/** A worklet costs by the block here, so that it gets the lowest rate which has all that the model hears. */
function ratesFor(worklet: ProcessorOptions | undefined): readonly number[] {
  if (!worklet) return SAMPLE_RATES;
  const { sampleRate } = worklet.model.config;
  return [...SAMPLE_RATES.filter((rate) => rate >= sampleRate).reverse(), ...SAMPLE_RATES];
}

function tellSamples(context: AudioContext, source: AudioNode, watch: LossWatch, tell: Tell): void {
  const processor = context.createScriptProcessor(BLOCK_SAMPLES, 1, 1);
  const gaps = new GapFilter(context.sampleRate);
  processor.onaudioprocess = ({ inputBuffer }) => {
    const block = inputBuffer.getChannelData(0);
    watch.add(block);
    tell({ type: 'samples', samples: gaps.filter(block) });
  };
  source.connect(processor);
  processor.connect(context.destination);
  held.push(processor);
}

async function tellReports(
  webAudio: WebAudio,
  source: AudioNode,
  worklet: ProcessorOptions,
  watch: LossWatch,
  tell: Tell,
): Promise<(command: Command) => void> {
  const node = await hearWithWorklet(webAudio, source, { ...worklet, samples: true }, (report) => {
    if (report.type !== 'samples') return tell({ type: 'report', report });
    watch.add(report.values);
    tell({ type: 'samples', samples: report.values });
  });
  held.push(node);
  tell({ type: 'open', sampleRate: source.context.sampleRate });
  return (command) => node.port.postMessage(command);
}

async function openStream({ mediaDevices }: WebAudio, deviceId: string | undefined, sampleRates: readonly number[]) {
  let reason: unknown;
  for (const sampleRate of sampleRates) {
    const audio = { sampleRate, latency: MICROPHONE_SECONDS, ...(deviceId && { deviceId }) };
    try {
      return { stream: await mediaDevices.getUserMedia({ audio } as MediaStreamConstraints), sampleRate };
    } catch (error) {
      reason = error;
    }
  }
  throw microphoneError(reason);
}

/** node-web-audio-api has no names for what goes wrong, only what the system's library says. */
function microphoneError(cause: unknown): EarshotError {
  const message = messageOf(cause);
  if (/permission|denied|EACCES/i.test(message)) {
    const advice = 'the system does not let this user use it; on Linux, the user must be in the group "audio"';
    return new EarshotError('EARSHOT_MICROPHONE_DENIED', `The microphone cannot be opened: ${advice} (${message})`);
  }
  if (/busy|in use/i.test(message)) {
    return new EarshotError('EARSHOT_MICROPHONE_LOST', `Another program keeps the microphone (${message})`);
  }
  return new EarshotError('EARSHOT_MICROPHONE_MISSING', `The microphone cannot be opened: ${message}`);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether the microphone, or any if the system chose, is still listed. */
const isThere = (microphones: readonly MicrophoneInfo[], picked: MicrophoneInfo | undefined): boolean =>
  microphones.some(({ deviceId }) => picked === undefined || deviceId === picked.deviceId);
