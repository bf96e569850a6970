/** A canvas with a pixel for each pixel of the screen, kept so when its size changes; drawn in CSS pixels. */
export class SharpCanvas {
  readonly context: CanvasRenderingContext2D;
  width = 0;
  height = 0;

  constructor(canvas: HTMLCanvasElement, onResize: () => void) {
    this.context = canvas.getContext('2d') as CanvasRenderingContext2D;
    new ResizeObserver(() => {
      this.#fit(canvas);
      onResize();
    }).observe(canvas);
    this.#fit(canvas);
  }

  #fit(canvas: HTMLCanvasElement): void {
    const scale = devicePixelRatio;
    this.width = canvas.clientWidth;
    this.height = canvas.clientHeight;
    canvas.width = Math.round(this.width * scale);
    canvas.height = Math.round(this.height * scale);
    this.context.setTransform(scale, 0, 0, scale, 0, 0);
  }
}
