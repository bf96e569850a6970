declare module 'fft.js' {
  /** Radix-4 FFT of a fixed power-of-two size; complex arrays are interleaved (re, im). */
  export default class FFT {
    constructor(size: number);
    createComplexArray(): number[];
    /** Fills bins 0…size/2 of `out` (the rest stays as it was). */
    realTransform(out: ArrayLike<number>, data: ArrayLike<number>): void;
    /** Fills the other bins of a real signal's spectrum. */
    completeSpectrum(spectrum: ArrayLike<number>): void;
    /** Inverse of a complex spectrum, scaled by 1 / size; `out` and `data` must differ. */
    inverseTransform(out: ArrayLike<number>, data: ArrayLike<number>): void;
  }
}
