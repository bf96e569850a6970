import { element } from './element.js';
import { file, type Source, sample } from './sources.js';

/** Recordings to hear: a bundled sample by its button, a file by choosing it or by dropping it on the page. */
export function onRecording(hear: (source: Source) => void): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-sample]')) {
    const name = button.dataset.sample ?? '';
    button.addEventListener('click', () => hear(sample(name)));
  }
  const hearFile = (chosen: File | undefined) => {
    if (chosen) hear(file(chosen));
  };
  const input = element('file', HTMLInputElement);
  input.addEventListener('change', () => {
    hearFile(input.files?.[0]);
    // The same file may be chosen again.
    input.value = '';
  });
  onDrop(hearFile);
}

function onDrop(hearFile: (dropped: File | undefined) => void): void {
  const overlay = element('drop', HTMLElement);
  const show = (isShown: boolean) => (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    overlay.hidden = !isShown;
  };
  addEventListener('dragenter', show(true));
  addEventListener('dragover', show(true));
  overlay.addEventListener('dragleave', show(false));
  addEventListener('drop', (event) => {
    show(false)(event);
    hearFile(event.dataTransfer?.files[0]);
  });
}
