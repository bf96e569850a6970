/** Numbers drawn uniformly from [0, 1). */
export type Random = () => number;

/**
 * A source of numbers that are the same on every run and machine (mulberry32, Tommy Ettinger 2017).
 * @param seeds whole numbers; sources whose seeds differ in any place or in number have nothing in common
 */
export function randomSource(...seeds: number[]): Random {
  let state = seeds.reduce((hash, seed) => scramble(hash ^ scramble(seed + 0x9e3779b9)), seeds.length);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return scramble(state) / 2 ** 32;
  };
}

/** The items in random order (Fisher and Yates); the given array stays as it is. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}

/** Mixes the bits of a 32-bit number, so that neighbours end far apart. */
function scramble(value: number): number {
  let t = Math.imul(value ^ (value >>> 15), 1 | value);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return (t ^ (t >>> 14)) >>> 0;
}
