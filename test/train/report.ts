import type { Chart } from '../../src/train/report/chart.ts';

/** The charts in a report's HTML. */
export const chartsIn = (html: string): Chart[] => JSON.parse(/id="charts">(.*)<\/script>/.exec(html)?.[1] ?? '');
