/** Something to time: does `units` units of work in one go. */
export interface Contender {
  name: string;
  units: number;
  run(): void | Promise<void>;
}

const ROUNDS = 41;
const WARM_UP_ROUNDS = 5;

/**
 * Times contenders in turn, round after round, so that a slow moment of the machine meets all of them.
 * @returns median microseconds a unit, by name
 */
export async function interleave(contenders: readonly Contender[]): Promise<Map<string, number>> {
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const { name, units, run } of contenders) {
      const start = process.hrtime.bigint();
      await run();
      const microseconds = Number(process.hrtime.bigint() - start) / 1000;
      if (round >= 0) times.get(name)?.push(microseconds / units);
    }
  }
  return new Map([...times].map(([name, list]) => [name, median(list)]));
}

const median = (list: number[]): number => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
