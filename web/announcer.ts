/** Long enough for a screen reader to finish a word or two before the next ones. */
const PAUSE_MS = 1500;
/** A screen reader says a text that replaces the same text only if it has seen the region empty between them. */
const EMPTY_MS = 100;
const MOST_WORDS = 5;

/** Tells detections to a live region: politely, and together where they come faster than they can be spoken. */
export class Announcer {
  readonly #say: (text: string) => void;
  #waiting: string[] = [];
  #isPausing = false;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  add(word: string): void {
    this.#waiting.push(word);
    if (!this.#isPausing) this.#speak();
  }

  #speak(): void {
    const [words, more] = [this.#waiting.slice(-MOST_WORDS), this.#waiting.length - MOST_WORDS];
    this.#waiting = [];
    this.#isPausing = words.length > 0;
    if (!this.#isPausing) return;
    const text = `Heard ${more > 0 ? `${more} words, then ` : ''}${words.join(', ')}`;
    this.#say('');
    setTimeout(() => this.#say(text), EMPTY_MS);
    setTimeout(() => this.#speak(), PAUSE_MS);
  }
}
