import type { TrainingData } from '../data/training-data.js';
import type { Random } from '../random.js';
import { RecordedRooms } from './recorded-rooms.js';
import { addRoom } from './room.js';

/** How often a room is a recorded one where there are some. */
const RECORDED_SHARE = 0.5;

/** Rooms of both kinds, recorded and synthetic. */
export class Rooms {
  readonly #recorded: RecordedRooms | undefined;
  readonly #sampleRate: number;

  /** @param segmentSamples length of all segments */
  constructor(data: Pick<TrainingData, 'samples' | 'rooms'>, sampleRate: number, segmentSamples: number) {
    this.#recorded = data.rooms.length > 0 ? new RecordedRooms(data, sampleRate, segmentSamples) : undefined;
    this.#sampleRate = sampleRate;
  }

  /** Puts a segment into a room. In place. */
  add(samples: Float32Array, random: Random): void {
    if (this.#recorded && random.chance(RECORDED_SHARE)) this.#recorded.add(samples, random);
    else addRoom(samples, this.#sampleRate, random);
  }
}
