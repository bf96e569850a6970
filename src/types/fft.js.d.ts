declare module 'fft.js' {
  /** Radix-4 FFT of a fixed power-of-two size; complex arrays are interleaved (re, im). */
  export default class FFT {
    constructor(size: number);
    createComplexArray(): number[];
    /** Fills bins 0…size/2 of `out` (the rest stays as it was). */
    realTransform(out: ArrayLike<number>, data: ArrayLike<number>): void;
  }
}
