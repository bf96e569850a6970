import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SERIOUS = ['serious', 'critical'];

/** What axe-core finds seriously wrong, one line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  // By the debugger, which the page's Content-Security-Policy does not bind.
  await page.evaluate(`${SOURCE}; undefined`);
  // While one colour turns into another, there is too little contrast for a moment.
  await page.evaluate('Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})))');
  const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
  if (passes.length < 10) throw new Error(`axe-core looked at nothing: ${passes.length} rules passed`);
  return violations
    .filter(({ impact }) => SERIOUS.includes(impact ?? ''))
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`,
    );
}
