/** Seconds as a reader likes them: `m:ss.cc`, and `h:mm:ss.cc` from an hour on. */
export function clock(seconds: number): string {
  const [hours, minutes, rest] = split(Math.round(seconds * 100), 100);
  const tail = `${pad(Math.floor(rest / 100), 2)}.${pad(rest % 100, 2)}`;
  return hours > 0 ? `${hours}:${pad(minutes, 2)}:${tail}` : `${minutes}:${tail}`;
}

/** Seconds as SubRip writes them: `hh:mm:ss,mmm`. */
export function subRipTime(seconds: number): string {
  const [hours, minutes, rest] = split(Math.round(seconds * 1000), 1000);
  return `${pad(hours, 2)}:${pad(minutes, 2)}:${pad(Math.floor(rest / 1000), 2)},${pad(rest % 1000, 3)}`;
}

/** Hours, minutes and the units that remain. */
function split(units: number, unitsPerSecond: number): [number, number, number] {
  const minutes = Math.floor(units / (60 * unitsPerSecond));
  return [Math.floor(minutes / 60), minutes % 60, units - minutes * 60 * unitsPerSecond];
}

const pad = (n: number, digits: number): string => String(n).padStart(digits, '0');
