import cliProgress from 'cli-progress';
import { UNKNOWN_LABEL } from '../train/data/training-data.js';
import type { TrainProgress } from '../train/train-options.js';
import type { EpochEntry } from '../train/training-log.js';
import { warningLine } from './failure.js';
import { clock } from './formats/clock.js';

const BAR_CHARACTERS = 24;
const REDRAWS_PER_SECOND = 4;
/** Share of the old value in the loss that is shown, so that it does not jump from step to step. */
const SMOOTHING = 0.95;

/** Tells on standard error how a training run goes: a line an epoch, and on a terminal a bar with the time to go. */
export class TrainingDisplay {
  readonly #stream: NodeJS.WriteStream;
  readonly #epochs: number;
  readonly #bar: cliProgress.SingleBar;
  #phase: 'reading' | 'training' | undefined;
  #began = 0;
  #stepsBefore = 0;
  #firstEpoch = 0;
  #loss: number | undefined;

  constructor(stream: NodeJS.WriteStream, epochs: number) {
    this.#stream = stream;
    this.#epochs = epochs;
    this.#bar = new cliProgress.SingleBar({
      stream,
      format: '{bar} {percentage}%  {note}',
      barsize: BAR_CHARACTERS,
      barCompleteChar: '#',
      barIncompleteChar: '-',
      fps: REDRAWS_PER_SECOND,
      clearOnComplete: true,
      gracefulExit: false,
    });
  }

  show(progress: TrainProgress): void {
    if (progress.type === 'reading') this.#draw('reading', progress.done, progress.total, 'reading recordings');
    else if (progress.type === 'data') this.#tellData(progress);
    else if (progress.type === 'step') this.#drawStep(progress);
    else this.#write(epochLine(progress.entry, this.#epochs));
  }

  close(): void {
    this.#bar.stop();
    this.#phase = undefined;
  }

  #tellData({ data, bad, outsideParts, done }: Extract<TrainProgress, { type: 'data' }>): void {
    this.#firstEpoch = done;
    const { training, validation, speech, noise, rooms } = data;
    for (const file of bad) this.#write(warningLine(file.path, file));
    const counts = [
      `${training.length} recordings to learn from`,
      `${validation.length} to check with`,
      `${speech.length} of running speech`,
      `${noise.length} of noise`,
      ...(rooms.length > 0 ? [`${rooms.length} of rooms`] : []),
    ];
    this.#write(`${counts.join(', ')}\n`);
    if (bad.length > 0) this.#write(`${bad.length} files could not be read and were left out\n`);
    if (outsideParts > 0) {
      this.#write(
        `warning: ${outsideParts} recordings beside folders training, validation or testing are in none, and were left out\n`,
      );
    }
    if (validation.length > 0 && new Set(validation.map(({ label }) => label)).size === 1) {
      this.#write('warning: All recordings to check with are of one word; how many are right of them says little\n');
    }
    if (speech.length === 0 && !training.some(({ label }) => label === UNKNOWN_LABEL)) {
      this.#write(
        'warning: There are no other words and no running speech; whatever is said will be taken for a word\n',
      );
    }
    if (done > 0) this.#write(`going on after epoch ${done}\n`);
  }

  #drawStep({ epoch, step, steps, loss }: Extract<TrainProgress, { type: 'step' }>): void {
    const total = this.#epochs * steps;
    const now = epoch * steps + step;
    if (this.#began === 0) {
      this.#began = performance.now();
      this.#stepsBefore = this.#firstEpoch * steps + 1;
    }
    this.#loss = this.#loss === undefined ? loss : SMOOTHING * this.#loss + (1 - SMOOTHING) * loss;
    const pace = (performance.now() - this.#began) / Math.max(1, now - this.#stepsBefore);
    const rest = clock((pace * (total - now)) / 1000).replace(/\.\d+$/, '');
    const note = `epoch ${epoch + 1}/${this.#epochs}  loss ${this.#loss.toFixed(3)}  ${rest} to go`;
    this.#draw('training', now, total, note);
  }

  #draw(phase: 'reading' | 'training', done: number, total: number, note: string): void {
    if (!this.#stream.isTTY) return;
    if (this.#phase === phase) {
      this.#bar.update(done, { note });
      return;
    }
    this.close();
    this.#phase = phase;
    this.#bar.start(total, done, { note });
  }

  /** The bar comes back with the next step. */
  #write(text: string): void {
    this.close();
    this.#stream.write(text);
  }
}

function epochLine(entry: EpochEntry, epochs: number): string {
  const { epoch, loss, accuracy, streamedAccuracy, seconds } = entry;
  const checked =
    accuracy === undefined || streamedAccuracy === undefined
      ? ''
      : `  validation ${percent(accuracy)} (streamed ${percent(streamedAccuracy)})`;
  return `epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}${checked}  ${seconds.toFixed(1)} s\n`;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
