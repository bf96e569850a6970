import { type Kernels, RESAMPLER_TAPS_MULTIPLE, type ResamplerTables } from '../kernels/kernels.js';
import type { SlotLayout } from '../kernels/slot.js';

/** Side lobes of the Kaiser window; a few decibels below the -80 that are promised. */
const ATTENUATION_DB = 84;
/**
 * Where the response is halved, as a share of the lower rate: a little below the middle of the transition band (0.45 to
 * 0.55), so that less of what lies about half the rate folds back.
 */
const CUTOFF = 0.49;
/** Length in samples of the lower rate: passes 0.45 with a loss of 0.05 dB, and stops 0.55. */
const LENGTH = 56;
/** Phases that are tabulated; where the ratio of rates has more, neighbours are blended, at an error below -100 dB. */
const LARGEST_TABLE_ROWS = 1024;
/** New samples that fit into a stream's buffer beside the filter's length, so that it is rarely moved. */
const ROOM_SAMPLES = 512;

/**
 * The constants of a conversion from one rate to another, shared by all streams of these rates: a low-pass filter,
 * sinc times Kaiser window (Kaiser 1974), cut into one row of taps for each position of an output between two inputs.
 * Linear phase; its delay is half its length, at most 4 ms, and is taken out again.
 */
export class ResamplerFilter implements ResamplerTables {
  readonly filter: number;
  readonly taps: number;
  readonly phases: number;
  readonly step: number;
  readonly tableRows: number;
  /** Inputs before an output's own moment that it depends on. */
  readonly centre: number;
  /** Address of as much silence as a stream's buffer may take at once. */
  readonly silence: number;

  constructor(kernels: Kernels, inputRate: number, outputRate: number) {
    const divisor = greatestCommonDivisor(inputRate, outputRate);
    const ratio = Math.min(1, outputRate / inputRate);
    this.phases = outputRate / divisor;
    this.step = inputRate / divisor;
    this.tableRows = Math.min(this.phases, LARGEST_TABLE_ROWS);
    this.taps = tapsFor(ratio);
    this.centre = this.taps / 2 - 1;
    this.silence = kernels.memory.allocate(ROOM_SAMPLES * 4);
    this.filter = kernels.memory.allocate((this.tableRows + 1) * this.taps * 4);
    const { f32 } = kernels.memory;
    for (let row = 0; row <= this.tableRows; row++) {
      const values = filterRow(this.taps, this.centre + row / this.tableRows, ratio);
      f32.set(values, (this.filter >> 2) + row * this.taps);
    }
  }

  /** Outputs that n inputs are worth: one for each moment of the output rate before the last input's end. */
  outputsFor(inputs: number): number {
    return Math.ceil((inputs * this.phases) / this.step);
  }
}

/** @param ratio the lower rate over the input rate */
const tapsFor = (ratio: number): number =>
  Math.ceil(LENGTH / ratio / RESAMPLER_TAPS_MULTIPLE) * RESAMPLER_TAPS_MULTIPLE;

function filterRow(taps: number, centre: number, ratio: number): Float64Array {
  const beta = 0.1102 * (ATTENUATION_DB - 8.7);
  const row = Float64Array.from({ length: taps }, (_, i) => {
    const distance = i - centre;
    const inside = 1 - (distance / (taps / 2)) ** 2;
    return inside > 0 ? sinc(2 * CUTOFF * ratio * distance) * bessel0(beta * Math.sqrt(inside)) : 0;
  });
  const sum = row.reduce((total, tap) => total + tap, 0);
  return row.map((tap) => tap / sum);
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Modified Bessel function of order 0, by its power series. */
function bessel0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/** One conversion, for any number of streams; what a stream remembers lies in its slot. */
export class Resampler {
  /** Samples that the last `write` put out, and samples that it replaced because they were no numbers or beyond ±1e9. */
  written = 0;
  replaced = 0;
  readonly #kernels: Kernels;
  readonly #filter: ResamplerFilter;
  readonly #capacity: number;
  readonly #buffer: number;
  readonly #filled: number;
  readonly #phase: number;

  constructor(kernels: Kernels, layout: SlotLayout, filter: ResamplerFilter) {
    this.#kernels = kernels;
    this.#filter = filter;
    this.#capacity = filter.taps + Math.max(filter.taps, ROOM_SAMPLES);
    this.#buffer = layout.float32(this.#capacity);
    this.#filled = layout.float64(1);
    this.#phase = layout.float64(1);
  }

  /**
   * Takes of the `count` samples at the address `samples` as many as `room` outputs need, and writes those outputs to the
   * address `out`. Allocates nothing.
   * @returns how many it took
   */
  write(slot: number, samples: number, count: number, out: number, room: number): number {
    const { f64 } = this.#kernels.memory;
    const { taps, phases, step } = this.#filter;
    const filledAt = (slot + this.#filled) >> 3;
    const phaseAt = (slot + this.#phase) >> 3;
    let taken = 0;
    this.written = 0;
    this.replaced = 0;
    while (taken < count && this.written < room) {
      // `filled` counts from the centre, because the buffer of a fresh slot stands for that many zeros before the start.
      const filled = f64[filledAt] + this.#filter.centre;
      const needed = Math.floor((f64[phaseAt] + (room - this.written - 1) * step) / phases) + taps - filled;
      const next = Math.max(0, Math.min(needed, count - taken, this.#capacity - filled));
      this.replaced += this.#kernels.copySamples(samples + taken * 4, next, slot + this.#buffer + filled * 4);
      taken += next;
      this.#convolve(slot, filled + next, out + this.written * 4, room - this.written);
    }
    return taken;
  }

  /** Goes on with silence, to get out what the filter still holds. */
  drain(slot: number, out: number, room: number): void {
    this.write(slot, this.#filter.silence, ROOM_SAMPLES, out, room);
  }

  /** Puts out what can be put out, then forgets the samples that no later output needs if the buffer is full. */
  #convolve(slot: number, filled: number, out: number, room: number): void {
    const { f64 } = this.#kernels.memory;
    const { taps, phases, step } = this.#filter;
    let phase = f64[(slot + this.#phase) >> 3];
    const possible = Math.ceil(((filled - taps + 1) * phases - phase) / step);
    const count = Math.max(0, Math.min(possible, room));
    if (count > 0) {
      const skipped = Math.floor(phase / phases);
      const history = slot + this.#buffer + skipped * 4;
      this.#kernels.resample(this.#filter, history, phase - skipped * phases, count, out);
      phase += count * step;
      this.written += count;
    }
    const dropped = filled === this.#capacity ? this.#drop(slot, Math.floor(phase / phases)) : 0;
    f64[(slot + this.#filled) >> 3] = filled - dropped - this.#filter.centre;
    f64[(slot + this.#phase) >> 3] = phase - dropped * phases;
  }

  #drop(slot: number, count: number): number {
    const start = (slot + this.#buffer) >> 2;
    this.#kernels.memory.f32.copyWithin(start, start + count, start + this.#capacity);
    return count;
  }
}
