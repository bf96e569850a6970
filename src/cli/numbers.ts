import { InvalidArgumentError } from 'commander';

/** What an option takes: a whole number in digits, within bounds. */
export function wholeNumber(least: number, most?: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER)) return value;
    throw new InvalidArgumentError(
      `Expected a whole number from ${least} ${most === undefined ? 'on' : `to ${most}`}.`,
    );
  };
}

/** What an option takes: a number above 0. */
export function positiveNumber(text: string): number {
  const value = finiteNumber(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

/** What an option takes: a number of 0 or more. */
export function numberFrom0(text: string): number {
  const value = finiteNumber(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError('Expected 0 or more.');
}

/** What an option takes: a number from 0 to 1. */
export function probability(text: string): number {
  const value = finiteNumber(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('Expected 0 to 1.');
}

/** What an option takes: numbers with commas between them. */
export function numberList(text: string): number[] {
  const values = text.split(',').map(finiteNumber);
  if (values.every(Number.isFinite)) return values;
  throw new InvalidArgumentError('Expected numbers such as 20,10,0.');
}

/** NaN for what is none, empty text too. */
function finiteNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}
