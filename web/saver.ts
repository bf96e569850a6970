import { element } from './element.js';
import { SampleRing } from './sample-ring.js';
import { wavFile } from './wav.js';

const KEPT_SECONDS = 10;

/** Keeps the last seconds of sound, and saves them as WAV when asked. */
export class Saver {
  readonly #button = element('save', HTMLButtonElement);
  #ring = new SampleRing(0);
  #sampleRate = 0;

  constructor() {
    this.#button.addEventListener('click', () => this.#save());
  }

  /** Begins a new stream. */
  begin(sampleRate: number): void {
    this.#sampleRate = sampleRate;
    this.#ring = new SampleRing(KEPT_SECONDS * sampleRate);
    this.#button.disabled = true;
  }

  add(samples: Float32Array): void {
    this.#ring.push(samples);
    this.#button.disabled = false;
  }

  #save(): void {
    const file = new Blob([wavFile(this.#ring.latest(), this.#sampleRate)], { type: 'audio/wav' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = `earshot-${new Date().toISOString().slice(0, 19).replaceAll(/[T:]/g, '-')}.wav`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }
}
