/** Runs in a page, before its scripts: what Chrome says under LANG=C, for one, cannot be had as a locale. */
export function sayLanguage(language: string): void {
  Object.defineProperty(navigator, 'language', { value: language, configurable: true });
}
