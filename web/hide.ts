import { element } from './element.js';

/** Hides a part of the page. The keyboard's focus, where that has it, goes to the main button: it would be lost. */
export function hide(part: HTMLElement): void {
  const hadFocus = part.contains(document.activeElement);
  part.hidden = true;
  if (hadFocus) element('start', HTMLButtonElement).focus();
}
