import type { EarshotEvent, SpotterEvent } from '../events.js';
import type { AudioWarning } from '../files/audio-stream.js';
import type { RawAudio } from '../files/raw.js';
import type { Model } from '../model.js';
import { filesIn } from '../node/files-in.js';
import { openAudio } from '../node/open-audio.js';
import { type SpotAudioOptions, spotChunks } from '../node/spot-file.js';
import { breather } from './breathe.js';
import { type Failure, failureLine, failureOf, warningLine } from './failure.js';
import type { Format } from './formats/format.js';
import { isDirectory, isPassedOver } from './inputs.js';
import type { Outlets } from './outlets.js';
import { counted, openSource, timed } from './source.js';

export interface RunOptions extends Omit<SpotAudioOptions, 'onWarning'> {
  model: Model;
  raw: RawAudio | undefined;
}

/** One run of `earshot file`: hears one path after the other and tells what happens. */
export class FileRun {
  /** How many paths could not be read to their end. */
  failures = 0;
  readonly #options: RunOptions;
  readonly #format: Format;
  readonly #outlets: Outlets;
  readonly #breathe = breather();

  constructor(options: RunOptions, format: Format, outlets: Outlets) {
    this.#options = options;
    this.#format = format;
    this.#outlets = outlets;
  }

  /** Hears a file, standard input, or all audio in a directory. Failures are told and counted, not thrown. */
  async hear(path: string): Promise<void> {
    if (await isDirectory(path)) await this.#hearDirectory(path);
    else await this.#hearFile(path, true);
  }

  async #hearDirectory(directory: string): Promise<void> {
    let audioFiles = 0;
    for await (const { path, error } of filesIn(directory)) {
      if (error) await this.#fail(path, failureOf(error));
      if (error || (await this.#hearFile(path, false))) audioFiles++;
    }
    if (audioFiles > 0) return;
    await this.#fail(directory, { code: 'EARSHOT_FILE_NOT_FOUND', message: 'There is no audio in this directory' });
  }

  /** @returns false if the file came with its directory and was passed over, because it is no audio */
  async #hearFile(path: string, isNamed: boolean): Promise<boolean> {
    // Those from before the `file` event wait for it.
    const early: AudioWarning[] = [];
    let warn = (warning: AudioWarning): void => void early.push(warning);
    let isOpen = false;
    try {
      const { bytes, size } = await openSource(path);
      const { progress, results } = this.#outlets;
      progress.begin(path, size);
      const { raw } = this.#options;
      const read = counted(bytes, (count) => progress.addBytes(count));
      const audio = await openAudio(read, { raw, onWarning: (warning) => warn(warning) });
      isOpen = true;
      const { format, sampleRate, channels } = audio;
      await this.#write({ type: 'file', path, format, sampleRate, channels });
      warn = (warning) => void this.#warn(path, warning);
      early.forEach(warn);
      const heard = timed(audio, (seconds) => progress.update(seconds));
      const chunks = spotChunks(heard, { ...this.#options, onWarning: (warning) => warn(warning) });
      for await (const events of chunks) await this.#take(events);
      await results.write(this.#format.endFile());
    } catch (error) {
      const failure = failureOf(error);
      const mayBePassedOver = !isNamed && !isOpen && this.#options.raw === undefined;
      if (mayBePassedOver && isPassedOver(path, failure)) return false;
      await this.#fail(path, failure);
    }
    return true;
  }

  async #take(events: SpotterEvent[]): Promise<void> {
    for (const event of events) await this.#write(event);
    await this.#breathe();
  }

  async #write(event: EarshotEvent): Promise<void> {
    await this.#outlets.results.write(this.#format.write(event));
  }

  async #warn(path: string, { code, message }: AudioWarning): Promise<void> {
    await Promise.all([
      this.#write({ type: 'warning', code, message, path }),
      this.#outlets.messages.write(warningLine(path, { code, message })),
    ]);
  }

  async #fail(path: string, { code, message }: Failure): Promise<void> {
    this.failures++;
    await this.#write({ type: 'error', code, message, path });
    await this.#outlets.messages.write(failureLine(path, { code, message }));
  }
}
