import type { Random } from '../random.js';
import { BACKGROUND_LABELS, UNKNOWN_LABEL, type WordClip } from './training-data.js';

/** All keywords together are drawn at least this often for each draw of another word, and each its part of it. */
const LEAST_KEYWORDS = 1 / 3;

/** Recordings of one label from one directory, as indices of clips, and how often an epoch draws from them. */
interface Group {
  readonly source: number;
  readonly label: number;
  readonly clips: number[];
  draws: number;
}

/**
 * Which recordings of words an epoch hears, and how often.
 *
 * Each directory is drawn from as often as it has recordings, but its labels in the proportions that they have in all
 * the data. Where they come from must not tell what they are: in a directory of a thousand recordings that holds few
 * keywords, a network learns to hear the microphones and to call all that they heard `_unknown_`.
 */
export class WordDraws {
  /** Recordings that an epoch hears. */
  readonly count: number;
  readonly #groups: Group[];

  constructor(clips: readonly WordClip[]) {
    this.#groups = groupsOf(clips);
    this.#balanceDirectories(clips.length);
    this.#repeatKeywords();
    this.count = drawsOf(this.#groups);
  }

  /** How many of them have a label. */
  drawsOf(label: number): number {
    return drawsOf(this.#groups.filter((group) => group.label === label));
  }

  /** Indices of clips, not shuffled: of each group all equally often, and some once more. */
  draw(random: Random): number[] {
    return this.#groups.flatMap(({ clips, draws }) => {
      const rest = random.shuffle(Int32Array.from(clips)).subarray(0, draws % clips.length);
      return [...Array.from({ length: Math.floor(draws / clips.length) }, () => clips).flat(), ...rest];
    });
  }

  #balanceDirectories(total: number): void {
    const shareOf = (label: number) => sizeOf(this.#groups.filter((group) => group.label === label)) / total;
    for (const group of this.#groups) {
      const beside = this.#groups.filter(({ source }) => source === group.source);
      const shares = beside.reduce((sum, { label }) => sum + shareOf(label), 0);
      group.draws = Math.max(1, Math.round((sizeOf(beside) * shareOf(group.label)) / shares));
    }
  }

  /** A word of few recordings is repeated. */
  #repeatKeywords(): void {
    const keywords = new Set(this.#groups.map(({ label }) => label).filter((label) => label >= BACKGROUND_LABELS));
    const least = (LEAST_KEYWORDS * this.drawsOf(UNKNOWN_LABEL)) / keywords.size;
    for (const keyword of keywords) {
      const factor = least / this.drawsOf(keyword);
      if (factor <= 1) continue;
      for (const group of this.#groups) if (group.label === keyword) group.draws = Math.round(group.draws * factor);
    }
  }
}

const drawsOf = (groups: readonly Group[]): number => groups.reduce((sum, { draws }) => sum + draws, 0);
const sizeOf = (groups: readonly Group[]): number => groups.reduce((sum, { clips }) => sum + clips.length, 0);

function groupsOf(clips: readonly WordClip[]): Group[] {
  const groups = new Map<string, Group>();
  clips.forEach(({ source, label }, index) => {
    const key = `${source}/${label}`;
    const group = groups.get(key) ?? { source, label, clips: [], draws: 0 };
    group.clips.push(index);
    groups.set(key, group);
  });
  return [...groups.values()];
}
