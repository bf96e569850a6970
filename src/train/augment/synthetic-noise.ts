import type { Random } from '../random.js';
import { animalVoice } from './animal-voice.js';
import { Resonance } from './resonance.js';

/** How often noise is a voice or knocks; what is no voice often has a pitch, resonances, or comes and goes. */
const VOICE_SHARE = 0.15;
const KNOCKS_SHARE = 0.15;
const PITCHED_SHARE = 0.3;
const RESONANT_SHARE = 0.5;
const UNEVEN_SHARE = 0.5;

/** Of the lowest pitch and its change within the segment, as shares of the sample rate. */
const PITCH = [0.008, 0.08] as const;
const GLIDE = 2;
const HARMONICS = 8;
/** Of resonances, as shares of the sample rate. */
const RESONANCE = [0.02, 0.47] as const;
const BANDWIDTH = [0.003, 0.08] as const;
/** Between two points of an envelope, in samples. */
const POINTS_APART = [400, 4000] as const;
const LOWEST_DB = -30;
/** Of knocks: how many in a segment, and the samples in which each falls to a third. */
const MOST_KNOCKS = 6;
const DECAY = [10, 500] as const;

/**
 * Fills `out` with noise as no recording has it: rumble or hiss, often with a pitch that glides (motors), with
 * resonances (pipes, water, vessels), or coming and going (steps, waves); knocks (doors, keys, a microphone that is
 * touched); or the voice of an animal. Of no particular level.
 */
export function syntheticNoise(random: Random, out: Float32Array): void {
  const kind = random.unit();
  if (kind < VOICE_SHARE) {
    animalVoice(random, out);
    return;
  }
  if (kind < VOICE_SHARE + KNOCKS_SHARE) knock(random, out);
  else colour(random, out);
  if (random.chance(PITCHED_SHARE)) addPitch(random, out);
  if (random.chance(RESONANT_SHARE)) {
    resonate(random, out);
    if (random.chance(0.5)) resonate(random, out);
  }
  if (random.chance(UNEVEN_SHARE)) comeAndGo(random, out);
}

/** White noise through one pole: from rumble, over white, to hiss. */
function colour(random: Random, out: Float32Array): void {
  const pole = random.between(-0.8, 0.98);
  const gain = Math.sqrt(1 - pole * pole);
  let last = 0;
  for (let i = 0; i < out.length; i++) {
    last = pole * last + gain * random.between(-1, 1);
    out[i] = last;
  }
}

/** Short bursts of white noise, each of which dies away. */
function knock(random: Random, out: Float32Array): void {
  out.fill(0);
  for (let knocks = 1 + random.below(MOST_KNOCKS); knocks > 0; knocks--) {
    const fall = Math.exp(-1 / random.octaveBetween(...DECAY));
    let size = random.between(0.2, 1);
    for (let i = random.below(out.length); i < out.length && size > 1e-4; i++) {
      out[i] += size * random.between(-1, 1);
      size *= fall;
    }
  }
}

/** Harmonics, each weaker than the one below it, of a pitch that glides evenly; the noise under it gets softer. */
function addPitch(random: Random, out: Float32Array): void {
  const from = random.octaveBetween(...PITCH);
  const growth = GLIDE ** (random.between(-1, 1) / out.length);
  const fall = random.between(0.4, 1);
  const noise = 10 ** (random.between(-40, 0) / 20);
  let pitch = from;
  let phase = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = harmonics(2 * Math.PI * phase, Math.min(HARMONICS, 0.48 / pitch), fall) + noise * out[i];
    phase += pitch;
    pitch *= growth;
  }
}

/** Σ fall^(k-1) sin(k x) for k from 1 to `count`, by sin(k x) = 2 cos(x) sin((k-1) x) - sin((k-2) x). */
function harmonics(x: number, count: number, fall: number): number {
  const turn = 2 * Math.cos(x);
  let before = 0;
  let sine = Math.sin(x);
  let size = 1;
  let sum = 0;
  for (let k = 1; k <= count; k++) {
    sum += size * sine;
    size *= fall;
    [before, sine] = [sine, turn * sine - before];
  }
  return sum;
}

/** A resonance: what lies around a random frequency gets louder. */
function resonate(random: Random, out: Float32Array): void {
  const resonance = new Resonance(random.octaveBetween(...BANDWIDTH));
  const cosine = Math.cos(2 * Math.PI * random.between(...RESONANCE));
  for (let i = 0; i < out.length; i++) out[i] = resonance.step(out[i], cosine);
}

/** An envelope of straight lines in decibels. */
function comeAndGo(random: Random, out: Float32Array): void {
  let level = random.between(LOWEST_DB, 0);
  for (let start = 0; start < out.length; ) {
    const next = random.between(LOWEST_DB, 0);
    const length = Math.floor(random.between(...POINTS_APART));
    const growth = 10 ** ((next - level) / length / 20);
    let gain = 10 ** (level / 20);
    for (let i = start; i < Math.min(start + length, out.length); i++) {
      out[i] *= gain;
      gain *= growth;
    }
    level = next;
    start += length;
  }
}
