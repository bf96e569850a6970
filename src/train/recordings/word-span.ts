import { rms } from '../power.js';

/** Where in a recording the word is: samples [start, end). */
export interface WordSpan {
  start: number;
  end: number;
}

const BLOCK_SECONDS = 0.01;
/** A block belongs to the word if its level is within this of the loudest block … */
const RANGE_DB = 30;
/** … and this much above the background, unless the background is nearly as loud as the word. */
const ABOVE_FLOOR_DB = 6;
const BELOW_PEAK_DB = 10;
/** The background's level: that of the quietest tenth of the blocks. */
const FLOOR_QUANTILE = 0.1;
/** What is shorter is a click, not a word: 30 ms. */
const LEAST_BLOCKS = 3;

/**
 * Finds the word in a clean recording by energy. Blocks of 10 ms count as speech from a level of max(peak - 30 dB,
 * min(floor + 6 dB, peak - 10 dB)) on, floor being the 10 % quantile of the blocks' levels; the word reaches from the
 * first to the last run of at least three of them. If there is none, the word is the whole recording.
 */
export function wordSpan(samples: Float32Array, sampleRate: number): WordSpan {
  const block = Math.max(1, Math.round(BLOCK_SECONDS * sampleRate));
  const levels = blockLevels(samples, block);
  const least = leastLevel(levels);
  const runs = runsOf(levels.map((level) => level >= least)).filter(({ start, end }) => end - start >= LEAST_BLOCKS);
  if (runs.length === 0) return { start: 0, end: samples.length };
  const end = runs[runs.length - 1].end * block;
  return { start: runs[0].start * block, end: Math.min(end, samples.length) };
}

/** In decibels of full scale; -Infinity for silence. */
function blockLevels(samples: Float32Array, block: number): number[] {
  const count = Math.ceil(samples.length / block);
  return Array.from({ length: count }, (_, k) => 20 * Math.log10(rms(samples.subarray(k * block, (k + 1) * block))));
}

function leastLevel(levels: readonly number[]): number {
  const sorted = [...levels].sort((a, b) => a - b);
  const peak = sorted[sorted.length - 1];
  const floor = sorted[Math.floor(FLOOR_QUANTILE * sorted.length)];
  // Digital silence has no energy to find.
  if (peak === -Infinity) return Infinity;
  return Math.max(peak - RANGE_DB, Math.min(floor + ABOVE_FLOOR_DB, peak - BELOW_PEAK_DB));
}

function runsOf(active: readonly boolean[]): WordSpan[] {
  const runs: WordSpan[] = [];
  active.forEach((isActive, k) => {
    if (!isActive) return;
    if (active[k - 1]) runs[runs.length - 1].end = k + 1;
    else runs.push({ start: k, end: k + 1 });
  });
  return runs;
}
