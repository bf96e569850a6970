import { element } from './element.js';
import { file, type Source, sample } from './sources.js';

/** Recordings to hear: a bundled sample by its button, or a file by choosing it. */
export function onRecording(hear: (source: Source) => void): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-sample]')) {
    const name = button.dataset.sample ?? '';
    button.addEventListener('click', () => hear(sample(name)));
  }
  const input = element('file', HTMLInputElement);
  input.addEventListener('change', () => {
    const chosen = input.files?.[0];
    if (chosen) hear(file(chosen));
    // The same file may be chosen again.
    input.value = '';
  });
}
