import { chromium } from 'playwright-core';
import { findChromium } from '../../test/browser/helpers/find-chromium.ts';

/** In a page, the legend tells the values under the pointer. */
const LEGEND_WITHOUT_VALUES = '.u-legend .u-value, .u-legend .u-series:first-child { display: none; }';

/** The first chart of a report as a PNG; undefined on a machine where no Chromium can run. */
export async function chartPicture(html: string): Promise<Uint8Array | undefined> {
  const found = findChromium();
  if (!found) return undefined;
  const { executablePath, env } = found;
  const browser = await chromium.launch({
    executablePath,
    env: { ...(process.env as Record<string, string>), ...env },
  });
  try {
    const page = await browser.newPage({ locale: 'en-US', deviceScaleFactor: 2 });
    await page.setContent(html);
    await page.addStyleTag({ content: LEGEND_WITHOUT_VALUES });
    return await page.locator('#chart-0 .uplot').screenshot();
  } finally {
    await browser.close();
  }
}
