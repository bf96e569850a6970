import type { DecisionConfig } from '../config.js';
import { checkOptions } from '../errors.js';
import type { SpotterEvent } from '../events.js';
import type { ExtractorName } from '../features/extractor.js';
import type { AudioStream, Warn } from '../files/audio-stream.js';
import type { RawAudio } from '../files/raw.js';
import type { Model } from '../model.js';
import { openAudio } from './open-audio.js';
import { PlanarSpotter } from './planar-spotter.js';

/** How decoded audio is to be heard. */
export interface SpotAudioOptions {
  model: Model;
  /** A spotter for each channel, and `channel` on each event, in place of one spotter for the channels' mean. */
  perChannel?: boolean | undefined;
  /** Whether to give events of frames, and not of detections only; true by default. */
  frames?: boolean | undefined;
  /** `fused` by default. */
  extractor?: ExtractorName | undefined;
  /** In place of the model's own. */
  decision?: Partial<DecisionConfig> | undefined;
  /** Called when something is wrong with the audio and the work goes on. */
  onWarning?: Warn | undefined;
}

/** How a file is to be read and heard. */
export interface SpotFileOptions extends SpotAudioOptions {
  /** How to read bytes that say nothing about themselves. Then no header is looked for. */
  raw?: RawAudio | undefined;
}

/**
 * The events of a whole file as they arise. Leaving the loop early closes the file.
 * @param source a path, or the bytes of a file in chunks of any size, such as `process.stdin`
 * @throws EarshotError what `openAudio` throws, and EARSHOT_BAD_ARGUMENT for a wrong option
 */
export async function* spotFile(
  source: string | AsyncIterable<Uint8Array>,
  options: SpotFileOptions,
): AsyncGenerator<SpotterEvent, void, undefined> {
  checkOptions('options', options, OPTIONS);
  const { raw, ...heard } = options;
  const audio = await openAudio(source, { raw, onWarning: heard.onWarning });
  yield* spotAudio(audio, heard);
}

const OPTIONS = [
  'model',
  'perChannel',
  'frames',
  'extractor',
  'decision',
  'onWarning',
  'raw',
] satisfies (keyof SpotFileOptions)[];

/**
 * The same for audio that `openAudio` has opened: for a caller that wants to know its format, rate and channels first.
 * The audio is closed at the end, whatever ends it.
 */
export async function* spotAudio(
  audio: AudioStream,
  options: SpotAudioOptions,
): AsyncGenerator<SpotterEvent, void, undefined> {
  for await (const events of spotChunks(audio, options)) yield* events;
}

/** The same, all events of a chunk of audio together: waiting for each by itself takes longer than finding it. */
export async function* spotChunks(
  audio: AudioStream,
  { model, perChannel, frames, extractor, decision, onWarning }: SpotAudioOptions,
): AsyncGenerator<SpotterEvent[], void, undefined> {
  let spotter: PlanarSpotter | undefined;
  try {
    const { sampleRate, channels } = audio;
    const heard = { ...(extractor && { extractor }), ...(decision && { decision }) };
    spotter = new PlanarSpotter(model, { sampleRate, channels, perChannel, frames, ...heard });
    for await (const planar of audio) yield spotter.push(planar);
    yield spotter.flush();
    warnOfReplaced(spotter.replacedSamples, onWarning);
  } finally {
    spotter?.dispose();
    await audio.close();
  }
}

/** Tells of samples that were no numbers, if there were any. */
export function warnOfReplaced(count: number, warn: Warn | undefined): void {
  if (count === 0) return;
  const samples = count === 1 ? '1 sample was' : `${count} samples were`;
  warn?.({ code: 'EARSHOT_AUDIO_DAMAGED', message: `${samples} not finite and counted as silence` });
}
