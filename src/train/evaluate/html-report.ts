import { htmlPage } from '../report/html-page.js';
import { chartsOf } from './charts.js';
import type { Evaluation } from './evaluation.js';
import { tablesOf } from './tables.js';

/** An evaluation as one HTML file that needs nothing else. */
export function htmlReport(evaluation: Evaluation): Promise<string> {
  const { name, fingerprint, parameters } = evaluation.model;
  return htmlPage({
    title: `Evaluation of ${name}`,
    introduction: `Model file ${fingerprint}, ${parameters} parameters, seed ${evaluation.seed}.`,
    parts: [...tablesOf(evaluation), ...chartsOf(evaluation)],
  });
}
