import type { Random } from '../random.js';
import { addFloor } from './level.js';
import { Resonance } from './resonance.js';

/** Calls in a segment, and the length of each as a share of the segment. */
const MOST_CALLS = 3;
const LENGTH = [0.1, 0.8] as const;
/** Of the lowest pitch, as a share of the sample rate, and how far it glides and bends, in octaves. */
const PITCH = [0.01, 0.1] as const;
const GLIDE = 0.8;
const BEND = 0.8;
/** Where each formant may be, as shares of the sample rate, how much weaker it is than the first, and its bandwidth. */
const FORMANTS = [
  { low: 0.03, high: 0.13, gain: 1 },
  { low: 0.09, high: 0.33, gain: 0.5 },
  { low: 0.25, high: 0.45, gain: 0.25 },
] as const;
const BANDWIDTH = [0.006, 0.03] as const;
/** Of breath, and of the noise around the calls, against the voice. */
const BREATH_DB = [-40, -6] as const;
const AROUND_DB = [-70, -20] as const;

/**
 * Fills `out` with calls as of animals, or of people who imitate them: a pitch that glides and bends under formants that
 * move from one vowel to another (source and filter; Fant 1960), but no consonants. Of no particular level.
 */
export function animalVoice(random: Random, out: Float32Array): void {
  out.fill(0);
  addFloor(out, random.between(...AROUND_DB), random);
  const calls = 1 + random.below(MOST_CALLS);
  for (let n = 0; n < calls; n++) {
    const length = Math.ceil(random.between(...LENGTH) * out.length);
    call(random, out, random.below(out.length - length + 1), length);
  }
}

/** Adds one call, soft at both ends. */
function call(random: Random, out: Float32Array, start: number, length: number): void {
  const pitch = contour(random);
  const formants = FORMANTS.map((formant) => new Formant(formant, random));
  const breath = 10 ** (random.between(...BREATH_DB) / 20);
  const softness = random.between(0.3, 1.5);
  let phase = 0;
  for (let i = 0; i < length; i++) {
    const time = i / length;
    phase = (phase + pitch(time)) % 1;
    const source = 2 * phase - 1 + breath * random.between(-1, 1);
    let voice = 0;
    for (const formant of formants) voice += formant.step(source, time);
    out[start + i] += Math.sin(Math.PI * time) ** softness * voice;
  }
}

/** A pitch over time from 0 to 1: a straight line and an arc on top of it, in octaves. */
function contour(random: Random): (time: number) => number {
  const lowest = random.octaveBetween(...PITCH);
  const glide = random.between(-GLIDE, GLIDE);
  const bend = random.between(-BEND, BEND);
  return (time) => lowest * 2 ** (glide * time + bend * Math.sin(Math.PI * time));
}

/** A resonance that moves from one frequency, over a second, to a third. */
class Formant {
  readonly #resonance: Resonance;
  readonly #gain: number;
  readonly #frequencies: readonly [number, number, number];

  constructor({ low, high, gain }: (typeof FORMANTS)[number], random: Random) {
    this.#resonance = new Resonance(random.between(...BANDWIDTH));
    this.#gain = gain;
    this.#frequencies = [random.between(low, high), random.between(low, high), random.between(low, high)];
  }

  step(source: number, time: number): number {
    const [from, over, to] = this.#frequencies;
    const frequency = time < 0.5 ? from + 2 * time * (over - from) : over + (2 * time - 1) * (to - over);
    return this.#gain * this.#resonance.step(source, Math.cos(2 * Math.PI * frequency));
  }
}
