import { STEP_16 } from '../../audio/pcm.js';

/**
 * Reads a recording at another speed and place: out[i] is its sample at (i - shift) · speed, by Catmull-Rom
 * interpolation; 0 outside of it. Speed moves pitch and tempo together, as a tape does.
 * @param from, to the recording's place in `samples`
 */
export function readAtSpeed(
  samples: Int16Array,
  from: number,
  to: number,
  speed: number,
  shift: number,
  out: Float32Array,
): void {
  const at = (i: number): number => (i >= from && i < to ? samples[i] : 0);
  for (let i = 0; i < out.length; i++) {
    const position = from + (i - shift) * speed;
    const whole = Math.floor(position);
    const isInside = whole > from && whole < to - 2;
    const x = position - whole;
    const before = isInside ? samples[whole - 1] : at(whole - 1);
    const here = isInside ? samples[whole] : at(whole);
    const next = isInside ? samples[whole + 1] : at(whole + 1);
    const after = isInside ? samples[whole + 2] : at(whole + 2);
    const slope = next - before;
    const bend = 2 * before - 5 * here + 4 * next - after;
    const twist = 3 * (here - next) + after - before;
    out[i] = (here + 0.5 * x * (slope + x * (bend + x * twist))) * STEP_16;
  }
}
