import type { Random } from '../random.js';

/** Echoes of a room: one or more in every frame of 32 ms. Each costs time. */
const ECHOES = 24;
/** Time in which a room's echoes fall by 60 dB: from a furnished bedroom to a hall. */
const SHORTEST_DECAY_S = 0.1;
const LONGEST_DECAY_S = 0.5;
/** Level of the echoes together against the direct sound: from close to the microphone to across the room. */
const WEAKEST_ECHO_DB = -15;
const STRONGEST_ECHO_DB = 0;

/**
 * A room: the sound itself and sparse echoes with random signs, whose size decays exponentially ("velvet noise",
 * Järvinen and Karjalainen 2007). In place.
 */
export function addRoom(samples: Float32Array, sampleRate: number, random: Random): void {
  const decay = random.between(SHORTEST_DECAY_S, LONGEST_DECAY_S) * sampleRate;
  const length = decay / 2;
  const echoes = Array.from({ length: ECHOES }, (_, n) => {
    const delay = 1 + Math.floor(((n + random.unit()) * length) / ECHOES);
    return { delay, size: (random.chance(0.5) ? 1 : -1) * 10 ** ((-3 * delay) / decay) };
  });
  const power = echoes.reduce((sum, { size }) => sum + size * size, 0);
  const level = 10 ** (random.between(WEAKEST_ECHO_DB, STRONGEST_ECHO_DB) / 20) / Math.sqrt(power);
  const direct = samples.slice();
  for (const { delay, size } of echoes) {
    const gain = level * size;
    for (let i = delay; i < samples.length; i++) samples[i] += gain * direct[i - delay];
  }
}
