import { element } from './element.js';

/** Takes files that are dropped anywhere on the page, for which the browser would leave it. */
export function onDrop(hearFile: (dropped: File) => void): void {
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
    const dropped = event.dataTransfer?.files[0];
    if (dropped) hearFile(dropped);
  });
}
