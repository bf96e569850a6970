import type { Model } from '../../../model.js';
import type { Sound } from '../../recordings/sound.js';

/** What every job of one evaluation needs, the same in all workers. */
export interface JobContext {
  model: Model;
  /** Where every random choice begins. */
  seed: number;
  noises: readonly Sound[];
}
