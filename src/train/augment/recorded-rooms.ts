import FFT from 'fft.js';
import { readFromBank } from '../data/sample-bank.js';
import type { TrainingData } from '../data/training-data.js';
import type { Random } from '../random.js';
import type { Span } from '../recordings/span.js';

/** What comes later than this in a room's impulse response is not heard any more. */
const LONGEST_S = 1;
/** The direct sound begins so long before its peak. */
const ONSET_S = 0.001;

/** Rooms by their recorded impulse responses: one is drawn, and the sound is convolved with it. */
export class RecordedRooms {
  readonly #data: Pick<TrainingData, 'samples' | 'rooms'>;
  readonly #sampleRate: number;
  readonly #fft: FFT;
  readonly #padded: Float64Array;
  readonly #sound: Float64Array;
  readonly #response: Float64Array;

  /**
   * @param data with at least one room
   * @param segmentSamples length of all segments
   */
  constructor(data: Pick<TrainingData, 'samples' | 'rooms'>, sampleRate: number, segmentSamples: number) {
    // So long that what a circular convolution wraps around lies behind the segment.
    const size = 2 ** Math.ceil(Math.log2(segmentSamples + LONGEST_S * sampleRate));
    this.#data = data;
    this.#sampleRate = sampleRate;
    this.#fft = new FFT(size);
    this.#padded = new Float64Array(size);
    this.#sound = new Float64Array(2 * size);
    this.#response = new Float64Array(2 * size);
  }

  /**
   * Puts a segment into a room. In place; the direct sound keeps its place within a millisecond, a white sound its power.
   */
  add(samples: Float32Array, random: Random): void {
    const { rooms } = this.#data;
    const response = this.#responseOf(rooms[random.below(rooms.length)]);
    this.#transform(response, this.#response);
    this.#transform(samples, this.#sound);
    multiply(this.#sound, this.#response);
    this.#fft.inverseTransform(this.#response, this.#sound);
    for (let i = 0; i < samples.length; i++) samples[i] = this.#response[2 * i];
  }

  /** From the direct sound on, with an energy of 1. */
  #responseOf({ offset, length }: Span): Float32Array {
    const whole = new Float32Array(length);
    readFromBank(this.#data.samples, offset, whole);
    const peak = whole.reduce((best, x, i) => (Math.abs(x) > Math.abs(whole[best]) ? i : best), 0);
    const onset = Math.max(0, peak - Math.round(ONSET_S * this.#sampleRate));
    const response = whole.subarray(onset, onset + LONGEST_S * this.#sampleRate);
    const energy = response.reduce((sum, x) => sum + x * x, 0);
    return energy === 0 ? Float32Array.of(1) : response.map((x) => x / Math.sqrt(energy));
  }

  #transform(values: Float32Array, spectrum: Float64Array): void {
    this.#padded.fill(0);
    this.#padded.set(values);
    this.#fft.realTransform(spectrum, this.#padded);
    this.#fft.completeSpectrum(spectrum);
  }
}

/** a = a b, complex numbers (re, im) one after another. */
function multiply(a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < a.length; i += 2) {
    const re = a[i] * b[i] - a[i + 1] * b[i + 1];
    a[i + 1] = a[i] * b[i + 1] + a[i + 1] * b[i];
    a[i] = re;
  }
}
