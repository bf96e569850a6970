import { basename, dirname } from 'node:path';
import type { FalseAcceptRate, NegativesEvaluation } from './evaluation.js';
import type { HeardNegative } from './jobs/negatives.js';
import { poissonInterval } from './poisson.js';
import { ratio } from './ratio.js';

const SECONDS_PER_HOUR = 3600;

/** A recording without keywords, and what was heard in it. */
export type Negative = HeardNegative & { path: string };

/** False accepts an hour: in all, by keyword, and by folder. */
export function negativesEvaluation(
  negatives: readonly Negative[],
  labels: readonly string[],
  keywords: readonly string[],
): NegativesEvaluation {
  const rate = (some: readonly Negative[], of: readonly string[]): FalseAcceptRate =>
    falseAcceptRate(sum(some.flatMap(({ accepts }) => of.map((label) => accepts[labels.indexOf(label)]))), hours(some));
  const folders = [...new Set(negatives.map(({ path }) => dirname(path)))];
  const names = folders.map((folder) => basename(folder));
  const nameOf = (n: number) => (names.indexOf(names[n]) === names.lastIndexOf(names[n]) ? names[n] : folders[n]);
  const inFolder = (folder: string) => negatives.filter(({ path }) => dirname(path) === folder);
  return {
    files: negatives.length,
    ...rate(negatives, keywords),
    perLabel: Object.fromEntries(keywords.map((label) => [label, rate(negatives, [label])])),
    perFolder: Object.fromEntries(folders.map((folder, n) => [nameOf(n), rate(inFolder(folder), keywords)])),
  };
}

/** How many hours some recordings last. */
export const hours = (negatives: readonly Negative[]): number =>
  sum(negatives.map(({ seconds }) => seconds)) / SECONDS_PER_HOUR;

function falseAcceptRate(accepts: number, hours: number): FalseAcceptRate {
  const [lower, upper] = poissonInterval(accepts);
  return {
    accepts,
    hours,
    perHour: ratio(accepts, hours),
    interval: hours > 0 ? [lower / hours, upper / hours] : null,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
