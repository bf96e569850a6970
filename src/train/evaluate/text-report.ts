import { tableText } from '../report/text-table.js';
import type { Evaluation } from './evaluation.js';
import { tablesOf } from './tables.js';

/** An evaluation for the terminal, with the last line's end. */
export function textReport(evaluation: Evaluation): string {
  const { name, fingerprint } = evaluation.model;
  return `${[`${name} (${fingerprint})`, ...tablesOf(evaluation).map(tableText)].join('\n\n')}\n`;
}
