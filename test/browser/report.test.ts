import { expect, test } from 'vitest';
import { chart } from '../../src/train/report/chart.ts';
import { htmlPage } from '../../src/train/report/html-page.ts';
import { describeInChromium } from './helpers/in-chromium.ts';
import { sayLanguage } from './helpers/language.ts';

const report = await htmlPage({
  title: 'A <report>',
  introduction: 'Two charts.',
  parts: [
    chart('Linear', { label: 'x', values: [1, 2, 3] }, { label: 'y' }, [{ label: 'a', values: [1, null, 2] }]),
    { title: 'Numbers', head: ['', 'value'], rows: [['one', '1']] },
    chart('Logarithmic', { label: 'x', values: [1, 2] }, { label: 'y', scale: 'logarithmic' }, [
      { label: 'a', values: [1, 1e-6] },
      { label: 'b', values: [1, 0.1] },
    ]),
  ],
});

describeInChromium('a report', { resources: { '/report.html': report } }, (chromium) => {
  test.each([
    [1000, 'en-US'],
    [400, 'en-US'],
    [1000, 'en-US@posix'],
  ])('draws its charts, as wide as a window of %i pixels allows, in the language %s', async (width, language) => {
    const page = await chromium.browser.newPage({ locale: 'en-US', viewport: { width, height: 800 } });
    await page.addInitScript(sayLanguage, language);
    const errors: Error[] = [];
    page.on('pageerror', (error) => errors.push(error));
    await page.goto(`${chromium.origin}/report.html`);
    const colours = await page.$$eval('canvas', (canvases) =>
      canvases.map((canvas) => {
        const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        const coloured = (r: number, g: number, b: number) => {
          for (let i = 0; i < pixels.length; i += 4) {
            if (pixels[i] === r && pixels[i + 1] === g && pixels[i + 2] === b) return true;
          }
          return false;
        };
        return { a: coloured(0x1f, 0x77, 0xb4), b: coloured(0xd6, 0x27, 0x28) };
      }),
    );
    expect(errors).toEqual([]);
    expect(colours).toEqual([
      { a: true, b: false },
      { a: true, b: true },
    ]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.close();
  });
});
