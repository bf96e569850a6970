import type { DetectionEvent } from '../src/events.js';
import { Announcer } from './announcer.js';
import { clockText } from './clock-text.js';
import { element } from './element.js';

/** More than anybody reads; older ones leave the page. */
const MOST_SHOWN = 100;

/** What was heard: the last word in large letters, all of them in a list, and spoken by a screen reader. */
export class Detections {
  readonly #list = element('detections', HTMLOListElement);
  readonly #lastWord = element('last-word', HTMLElement);
  readonly #lastDetail = element('last-detail', HTMLElement);
  readonly #announcer: Announcer;

  /** @param hint what to say while nothing was heard */
  constructor(hint: string) {
    this.#lastDetail.textContent = hint;
    // The keyboard must be able to scroll it.
    this.#list.tabIndex = 0;
    const region = element('announcer', HTMLElement);
    this.#announcer = new Announcer((text) => {
      region.textContent = text;
    });
  }

  /** Begins a new stream. */
  begin(): void {
    this.#list.replaceChildren();
    this.#lastWord.textContent = '';
    this.#lastDetail.textContent = 'Nothing yet.';
  }

  add(detection: DetectionEvent): void {
    const { label, score, start } = detection;
    this.#lastWord.textContent = label;
    this.#lastDetail.textContent = `at ${clockText(start)}, ${percent(score)} sure`;
    this.#list.prepend(itemOf(detection));
    if (this.#list.childElementCount > MOST_SHOWN) this.#list.lastElementChild?.remove();
    this.#announcer.add(label);
  }
}

function itemOf({ label, score, start }: DetectionEvent): HTMLLIElement {
  const item = document.createElement('li');
  const parts = { time: clockText(start), word: label, score: percent(score) };
  for (const [name, text] of Object.entries(parts)) {
    const part = document.createElement('span');
    part.className = name;
    part.textContent = text;
    item.append(part, ' ');
  }
  return item;
}

const percent = (score: number): string => `${Math.round(score * 100)} %`;
