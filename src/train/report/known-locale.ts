/**
 * Gives a browser whose language Intl does not know one that it does. Chrome under LANG=C says "en-US@posix"; uPlot makes
 * a NumberFormat of it as it loads, and fails. Stands in reports as it is written, so it uses nothing from outside itself.
 */
export function knowLocale(navigator: { readonly language: string }): void {
  try {
    new Intl.NumberFormat(navigator.language);
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en-US' });
  }
}
