// uPlot makes a NumberFormat of the browser's language as it loads. Chrome under LANG=C says "en-US@posix", which
// Intl does not know, and the page would stay at "Loading the model".
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}
