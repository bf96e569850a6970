import { adviceFor } from './advice.js';
import { element } from './element.js';
import { hide } from './hide.js';

/** The notice that says what went wrong and what to do. */
export class Trouble {
  readonly #notice = element('trouble', HTMLElement);

  constructor() {
    element('trouble-close', HTMLButtonElement).addEventListener('click', () => this.hide());
  }

  show(error: unknown): void {
    const { title, advice, code } = adviceFor(error);
    element('trouble-title', HTMLElement).textContent = title;
    element('trouble-advice', HTMLElement).textContent = advice;
    element('trouble-code', HTMLElement).textContent = code;
    this.#notice.hidden = false;
  }

  hide(): void {
    hide(this.#notice);
  }
}
