/** Who asked for less motion gets pictures that jump once a second instead of scrolling. */
const CALM_INTERVAL_MS = 1000;

/** Draws at most once per animation frame, and only when something changed. */
export class Painter {
  readonly #paint: () => void;
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)');
  #isAsked = false;
  #paintedAt = 0;

  constructor(paint: () => void) {
    this.#paint = paint;
  }

  /** Asks for a drawing; costs nothing when one is asked for already. */
  readonly ask = (): void => {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const wait = this.#calm.matches ? this.#paintedAt + CALM_INTERVAL_MS - performance.now() : 0;
    if (wait > 0) setTimeout(this.#atNextFrame, wait);
    else this.#atNextFrame();
  };

  readonly #atNextFrame = (): void => {
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#paintedAt = performance.now();
      this.#paint();
    });
  };
}
