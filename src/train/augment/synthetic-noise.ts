import type { Random } from '../random.js';

/** How often noise has a pitch, resonances, or comes and goes. */
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

/**
 * Fills `out` with noise as no recording has it: rumble or hiss, often with a pitch that glides (motors, animals), with
 * resonances (pipes, water, vessels), or coming and going (steps, waves, doors). Of no particular level.
 */
export function syntheticNoise(random: Random, out: Float32Array): void {
  colour(random, out);
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

/** Harmonics, each weaker than the one below it, of a pitch that glides evenly; the noise under it gets softer. */
function addPitch(random: Random, out: Float32Array): void {
  const from = PITCH[0] * (PITCH[1] / PITCH[0]) ** random.unit();
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
  const radius = Math.exp(-Math.PI * BANDWIDTH[0] * (BANDWIDTH[1] / BANDWIDTH[0]) ** random.unit());
  const turn = 2 * radius * Math.cos(2 * Math.PI * random.between(...RESONANCE));
  let [last, before] = [0, 0];
  for (let i = 0; i < out.length; i++) {
    const y = (1 - radius) * out[i] + turn * last - radius * radius * before;
    before = last;
    last = y;
    out[i] = y;
  }
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
